// ecg-lora prepare questions: instruction samples from the metadata of recordings and from
// measurements on their traces.
#include <iostream>
#include <memory>

#include "commands.h"
#include "ecg_lora/config/fields.h"
#include "ecg_lora/instruct/generate/generation_statistics.h"
#include "ecg_lora/instruct/generate/question_file.h"

namespace {

using namespace ecg_lora;

struct QuestionRecipe {
  instruct::SourceOptions source;
  std::string out, statements, wording, shard;
  std::vector<std::string> kinds, sets;
  std::uint64_t seed = 1;
  std::optional<int> per_record;
};

instruct::GenerationOptions options_of(const QuestionRecipe& recipe) {
  Json json = Json::object();
  for (const auto& set : recipe.sets) config::apply_set(json, set);
  if (recipe.per_record) json["per_record"] = *recipe.per_record;
  return config::from_json<instruct::GenerationOptions>(json, "--set");
}

instruct::GenerationPlan plan_of(const QuestionRecipe& recipe,
                                 const collections::Collection& collection) {
  const auto options = options_of(recipe);
  auto statements = instruct::load_statements(recipe.statements, collection);
  auto kinds = instruct::choose_kinds(recipe.kinds, !statements.empty(), recipe.source.root);
  auto wording = ptbxl::Wording::load(recipe.wording, statements);
  instruct::GenerationPlan plan{options, std::move(statements), std::move(kinds),
                                std::move(wording), recipe.seed};
  instruct::log_wording(plan);
  return plan;
}

void write_all(const std::string& out, const instruct::GenerationPlan& plan,
               const std::vector<instruct::SourceRecording>& recordings) {
  const auto written = instruct::write_questions(out, plan, recordings);
  std::cout << "wrote " << out << ": " << written.samples << " samples of " << recordings.size()
            << " recordings\n"
            << instruct::to_text(written.statistics)
            << "\nwhich recordings, and all counts: " << out << ".report.json\n";
}

/// Samples are balanced over all recordings: a shard reads and measures its own, and the last one
/// to end makes the samples of all.
void run_shard(const QuestionRecipe& recipe, const Shard& shard,
               const collections::Collection& collection, const instruct::GenerationPlan& plan) {
  const auto recordings =
      instruct::read_recordings(collection, recipe.source, plan.measured(), shard);
  const auto head = instruct::part_head(recipe.source, plan, collection.size());
  const ShardedFile file(recipe.out, shard);
  const auto join = [&](const std::vector<std::string>& parts) {
    const auto all = instruct::join_parts(parts, head, recipe.out);
    instruct::check_found(all, collection, recipe.source);
    write_all(recipe.out, plan, all);
  };
  if (!file.add(instruct::part_text(head, recordings), join))
    std::cout << "wrote " << file.part().string() << ": " << recordings.size() << " recordings; "
              << file.found() << " of " << shard.count
              << " shards are there, and the last to end writes " << recipe.out << "\n";
}

void run_questions(const QuestionRecipe& recipe) {
  const auto shard = recipe.shard.empty() ? Shard() : parse_shard(recipe.shard);
  const auto collection = instruct::open_source(recipe.source);
  const auto plan = plan_of(recipe, *collection);
  if (!shard.whole()) return run_shard(recipe, shard, *collection, plan);
  const auto recordings =
      instruct::read_recordings(*collection, recipe.source, plan.measured(), shard);
  instruct::check_found(recordings, *collection, recipe.source);
  write_all(recipe.out, plan, recordings);
}

void add_inputs(CLI::App* command, QuestionRecipe& recipe) {
  command
      ->add_option(
          "--root", recipe.source.root,
          "Folder of recordings: PTB-XL, MIMIC-IV-ECG, Challenge 2021, or any WFDB records")
      ->required();
  command->add_option(
      "--recordings", recipe.source.recording_folders,
      "Folders outside of --root that its table may name, as that of prepare external does");
  command
      ->add_option("--out", recipe.out,
                   "JSON to write; FILE.report.json next to it says what was left out, and why")
      ->required();
  command->add_option("--folds", recipe.source.folds, "Folds, such as 1-8 or 9,10")
      ->capture_default_str();
}

void add_content(CLI::App* command, QuestionRecipe& recipe) {
  command
      ->add_option("--kinds", recipe.kinds,
                   "Of yes_no, choice, list, categories, rhythm, rate, rate_class, regularity, "
                   "axis, findings, report")
      ->delimiter(',')
      ->default_str("all");
  command->add_option("--per-record", recipe.per_record,
                      "Most yes_no samples of a recording; 0: no limit");
  command->add_option("--seed", recipe.seed, "Equal seeds give equal files")->capture_default_str();
  command->add_option("--statements", recipe.statements, "scp_statements.csv, if --root has none");
  command->add_option("--wording", recipe.wording,
                      "JSON file with words for statements and questions (docs/users/wording.md); "
                      "without, the program's own");
  command->add_option("--image-prefix", recipe.source.image_prefix,
                      "Comes before the names of images, which end as <recording>-0.png; default "
                      "ptb-xl/ or mimic_iv/, else none");
  command
      ->add_option("--sampling-rate", recipe.source.sampling_rate,
                   "Of the recordings that the names stand for, Hz (PTB-XL)")
      ->check(CLI::IsMember({100, 500}))
      ->capture_default_str();
  command
      ->add_option("--measured-rate", recipe.source.measured_rate,
                   "Of the recordings that are measured, Hz (PTB-XL)")
      ->check(CLI::IsMember({100, 500}))
      ->capture_default_str();
}

}  // namespace

void add_questions_command(CLI::App& app) {
  const auto recipe = std::make_shared<QuestionRecipe>();
  auto* command = app.add_subcommand(
      "questions", "Instruction samples (ECGInstruct JSON) from statements, reports and traces");
  add_inputs(command, *recipe);
  add_content(command, *recipe);
  command->add_option("--set", recipe->sets, "An option, for example options=5");
  command->add_option(
      "--shard", recipe->shard,
      "i/n: read and measure the i-th of n parts of the recordings (1/4 to 4/4, side "
      "by side); the last shard to end writes --out, with the bytes of one command");
  command->footer(
      "Example: ecg-lora prepare questions --root ptb-xl --folds 1-8 --out train.json --kinds "
      "yes_no,rate,axis --seed 1\n\nFields of --set:\n" +
      config::help<instruct::GenerationOptions>());
  command->callback([recipe] { run_questions(*recipe); });
}
