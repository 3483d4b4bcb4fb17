// ecg-lora prepare questions: instruction samples from the metadata of recordings and from
// measurements on their traces.
#include <algorithm>
#include <iostream>
#include <memory>
#include <sstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/shard.h"
#include "ecg_lora/config/fields.h"
#include "ecg_lora/instruct/prepare.h"
#include "ecg_lora/instruct/subject_json.h"
#include "prepare.h"
#include "prepare_subjects.h"
#include "prepare_summary.h"
#include "wording_use.h"

namespace {

using namespace ecg_lora;

struct Arguments : tools::SubjectOptions {
  std::string out, statements, wording, shard;
  std::vector<std::string> kinds, sets;
  std::uint64_t seed = 1;
  std::optional<int> per_record;
};

instruct::PrepareOptions options_of(const Arguments& arguments) {
  Json json = Json::object();
  for (const auto& set : arguments.sets) config::apply_set(json, set);
  if (arguments.per_record) json["per_record"] = *arguments.per_record;
  return config::from_json<instruct::PrepareOptions>(json, "--set");
}

/// SCP statements that answers are made of: of --statements, else of the collection itself; none
/// where it has none.
std::vector<ptbxl::Statement> statements_of(const Arguments& arguments,
                                            const sources::Collection& collection) {
  if (!arguments.statements.empty()) return ptbxl::load_statements(arguments.statements);
  if (collection.kind() == sources::Kind::ptbxl)
    return ptbxl::load_statements(collection.root() / "scp_statements.csv");
  return {};
}

bool needs_statements(instruct::Kind kind) {
  return !instruct::is_measured(kind) && kind != instruct::Kind::report;
}

/// The kinds asked for; without a table of statements, those that need none.
std::vector<instruct::Kind> kinds_of(const Arguments& arguments, bool has_statements) {
  std::vector<instruct::Kind> kinds;
  for (const auto& name : arguments.kinds) kinds.push_back(instruct::parse_kind(name));
  for (const auto kind : kinds)
    if (needs_statements(kind) && !has_statements)
      throw_usage("--kinds ", name_of(kind), " needs SCP statements, which ", arguments.root,
                  " has no table of; name PTB-XL's scp_statements.csv with --statements");
  if (!kinds.empty()) return kinds;
  for (const auto kind : instruct::all_kinds())
    if (has_statements || !needs_statements(kind)) kinds.push_back(kind);
  if (!has_statements)
    log_info(arguments.root +
             " has no table of statements: samples are made of measurements and reports");
  return kinds;
}

std::string to_text(const Json& value) {
  return json_text(value);
}

/// A JSON list that is written item by item.
class ItemFile {
 public:
  explicit ItemFile(const std::string& path) : file_(path) {}

  void add(const instruct::Subject& subject, const instruct::Prepared& sample) {
    Json item{{"id", sample.id},
              {"image", subject.image},
              {"conversations",
               Json::array({{{"from", "human"}, {"value", "<image>\n" + sample.question}},
                            {{"from", "gpt"}, {"value", sample.answer}}})},
              {"ecg_id", subject.name.empty() ? Json(subject.id) : Json(subject.name)},
              {"patient_id", subject.patient},
              {"fold", subject.fold},
              {"kind", name_of(sample.kind)},
              {"label", sample.label}};
    file_.write((count_++ == 0 ? "[\n" : ",\n") + to_text(item));
  }
  void commit() {
    if (count_ == 0)
      throw_data("no sample could be made of these recordings; choose other kinds or folds");
    file_.write("\n]\n");
    file_.commit();
  }
  std::size_t count() const { return count_; }

 private:
  AtomicFile file_;
  std::size_t count_ = 0;
};

void tell_of_words(const std::vector<ptbxl::Statement>& statements, const ptbxl::Wording& wording) {
  ptbxl::WordsOfLabels words(wording);
  for (const auto& one : statements)
    words.take(wording.statement(one.code), one.code, one.description);
  tools::tell_of(words);
}

/// All that questions are made with, besides the recordings.
struct Asking {
  instruct::PrepareOptions options;
  std::vector<ptbxl::Statement> statements;
  std::vector<instruct::Kind> kinds;
  ptbxl::Wording wording;

  bool measured() const { return std::any_of(kinds.begin(), kinds.end(), instruct::is_measured); }
};

Asking asking_of(const Arguments& arguments, const sources::Collection& collection) {
  const auto options = options_of(arguments);
  auto statements = statements_of(arguments, collection);
  auto kinds = kinds_of(arguments, !statements.empty());
  auto wording = ptbxl::Wording::load(arguments.wording, statements);
  tell_of_words(statements, wording);
  return {options, std::move(statements), std::move(kinds), std::move(wording)};
}

void write_questions(const Arguments& arguments, const Asking& asking,
                     const std::vector<instruct::Subject>& subjects) {
  ItemFile file(arguments.out);
  const auto tally = instruct::make_questions(
      asking.statements, subjects, asking.kinds, asking.options, arguments.seed,
      [&](const auto& subject, const auto& sample) { file.add(subject, sample); }, asking.wording);
  file.commit();
  Json report = tools::describe(tally);
  report["options"] = config::dump(asking.options);
  report["seed"] = arguments.seed;
  report["wording"] = asking.wording.identity();
  write_json(arguments.out + ".report.json", report);
  std::cout << "wrote " << arguments.out << ": " << file.count() << " samples of "
            << subjects.size() << " recordings\n";
  tools::print(tally);
  std::cout << "\nwhich recordings, and all counts: " << arguments.out << ".report.json\n";
}

/// The first line of a shard's part: what the questions of all shards are made with.
std::string shard_head(const Arguments& arguments, const Asking& asking, std::size_t recordings) {
  Json kinds = Json::array(), statements = Json::array();
  for (const auto kind : asking.kinds) kinds.push_back(name_of(kind));
  for (const auto& one : asking.statements) statements.push_back({one.code, one.description});
  return to_text(
             {{"recordings of --root", recordings},
              {"--folds", arguments.folds},
              {"--sampling-rate", arguments.sampling_rate},
              {"--measured-rate", arguments.measured_rate},
              {"--image-prefix", arguments.image_prefix ? Json(*arguments.image_prefix) : Json()},
              {"--kinds", kinds},
              {"--set and --per-record", config::dump(asking.options)},
              {"--seed", arguments.seed},
              {"--wording", asking.wording.identity()},
              {"--statements", sha256(to_text(statements))}}) +
         "\n";
}

/// The recordings of the parts of all shards, in order. Usage error if their arguments differ.
std::vector<instruct::Subject> joined_subjects(const std::vector<std::string>& parts,
                                               const std::string& head, const std::string& out) {
  std::vector<instruct::Subject> subjects;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto origin = cat(out, ".shard-", Shard{i + 1, parts.size()}.name());
    std::istringstream text(parts[i]);
    std::string line;
    std::getline(text, line);
    if (line + "\n" != head)
      throw_usage(origin,
                  " was made with other arguments or recordings, expected those of this "
                  "command; run that shard again with them, or remove the file");
    while (std::getline(text, line))
      subjects.push_back(instruct::parse_subject(parse_json(line, origin), origin));
  }
  return subjects;
}

/// Samples are balanced over all recordings: a shard reads and measures its own, and the last one
/// to end makes the samples of all.
void run_shard(const Arguments& arguments, const Shard& shard,
               const sources::Collection& collection, const Asking& asking) {
  const auto subjects = tools::read_subjects(collection, arguments, asking.measured(), shard);
  const auto head = shard_head(arguments, asking, collection.size());
  std::string text = head;
  for (const auto& subject : subjects) text += to_text(instruct::subject_json(subject)) + "\n";
  const ShardedFile file(arguments.out, shard);
  const bool last = file.add(text, [&](const std::vector<std::string>& parts) {
    const auto all = joined_subjects(parts, head, arguments.out);
    tools::check_found(all, collection, arguments);
    write_questions(arguments, asking, all);
  });
  if (!last)
    std::cout << "wrote " << file.part().string() << ": " << subjects.size() << " recordings; "
              << file.found() << " of " << shard.count
              << " shards are there, and the last to end writes " << arguments.out << "\n";
}

void run(const Arguments& arguments) {
  const auto shard = arguments.shard.empty() ? Shard() : parse_shard(arguments.shard);
  const auto collection = tools::open_subjects(arguments);
  const auto asking = asking_of(arguments, *collection);
  if (!shard.whole()) return run_shard(arguments, shard, *collection, asking);
  const auto subjects = tools::read_subjects(*collection, arguments, asking.measured(), shard);
  tools::check_found(subjects, *collection, arguments);
  write_questions(arguments, asking, subjects);
}

}  // namespace

void add_questions_command(CLI::App& app) {
  const auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand(
      "questions", "Instruction samples (ECGInstruct JSON) from statements, reports and traces");
  command
      ->add_option(
          "--root", arguments->root,
          "Folder of recordings: PTB-XL, MIMIC-IV-ECG, Challenge 2021, or any WFDB records")
      ->required();
  command->add_option(
      "--recordings", arguments->recordings,
      "Folders outside of --root that its table may name, as that of prepare external does");
  command
      ->add_option("--out", arguments->out,
                   "JSON to write; FILE.report.json beside it says what was left out, and why")
      ->required();
  command->add_option("--folds", arguments->folds, "Folds, such as 1-8 or 9,10")
      ->capture_default_str();
  command
      ->add_option("--kinds", arguments->kinds,
                   "Of yes_no, choice, list, categories, rhythm, rate, rate_class, regularity, "
                   "axis, findings, report")
      ->delimiter(',')
      ->default_str("all");
  command->add_option("--per-record", arguments->per_record,
                      "Most yes_no samples of a recording; 0: no limit");
  command->add_option("--seed", arguments->seed, "Equal seeds give equal files")
      ->capture_default_str();
  command->add_option("--statements", arguments->statements,
                      "scp_statements.csv, where --root has none");
  command->add_option("--wording", arguments->wording,
                      "JSON file with words for statements and questions (docs/users/wording.md); "
                      "without, the program's own");
  command->add_option("--image-prefix", arguments->image_prefix,
                      "Comes before the names of images, which end as <recording>-0.png; default "
                      "ptb-xl/ or mimic_iv/, else none");
  command
      ->add_option("--sampling-rate", arguments->sampling_rate,
                   "Of the recordings that the names stand for, Hz (PTB-XL)")
      ->check(CLI::IsMember({100, 500}))
      ->capture_default_str();
  command
      ->add_option("--measured-rate", arguments->measured_rate,
                   "Of the recordings that are measured, Hz (PTB-XL)")
      ->check(CLI::IsMember({100, 500}))
      ->capture_default_str();
  command->add_option("--set", arguments->sets, "An option, for example options=5");
  command->add_option(
      "--shard", arguments->shard,
      "i/n: read and measure the i-th of n parts of the recordings (1/4 to 4/4, side "
      "by side); the last shard to end writes --out, with the bytes of one command");
  command->footer(
      "Example: ecg-lora prepare questions --root ptb-xl --folds 1-8 --out train.json --kinds "
      "yes_no,rate,axis --seed 1\n\nFields of --set:\n" +
      config::help<instruct::PrepareOptions>());
  command->callback([arguments] { run(*arguments); });
}
