// Labels in ecg-lora eval: P(yes) of each label of a record, and scores with intervals.
#include "ecg_lora/base/error.h"
#include "ecg_lora/data/loader/data_set.h"
#include "ecg_lora/ecg/leakage/audit.h"
#include "ecg_lora/ecg/ptbxl/wording_use.h"
#include "ecg_lora/evaluation/asking/label_runner.h"
#include "ecg_lora/evaluation/scoring/fold_use.h"
#include "ecg_lora/page/render/image.h"
#include "ecg_lora/provenance/identity.h"
#include "steps.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

/// All that predictions depend on: the config without what comes after them or changes no byte of
/// them, and the hashes of the files that it names.
Json identity(const EvalRun& run, const ptbxl::Wording& wording,
              const std::vector<data::PageRef>& pages) {
  const auto& recipe = run.recipe;
  auto config = config::dump(recipe);
  config["data"].erase("wording");  // a path; what counts is what it holds
  for (const char* key : {"output", "resamples", "score", model::kVisionStates}) config.erase(key);
  config["batch"].erase("workers");
  config["compute"].erase("quantised_cache");
  return {{"limit", run.options.limit},
          {"model", run.hashes.model},
          {model::kVisionStates, to_json(run.hashes.kept)},
          {"adapter", run.hashes.adapter},
          {"data", provenance::table_identity(recipe.data)},
          {"wording", wording.identity()},
          {"pages", provenance::page_identity(pages, recipe.compute.threads)},
          {"config", config}};
}

/// The questions on the labels of the records of a recipe; `made_of` gets what their answers depend
/// on.
asking::LabelRunner questions_of(const EvalRun& run, Json& made_of) {
  const auto& recipe = run.recipe;
  const auto set = data::load_data(recipe.data, recipe.model);
  const auto& wording = set.labels->wording();
  for (const auto* folder : {&recipe.adapter, &recipe.model})
    if (run.team.first()) ptbxl::warn_of_other_words(*folder, wording);
  const int rate = recipe.data.sampling_rate;
  auto samples = asking::records_to_ask(recipe.data, *set.database, *set.labels, run.options.limit);
  made_of = identity(run, wording, asking::record_pages(*set.database, samples, rate));
  return {{set.database,
           set.labels,
           set.chat,
           std::move(samples),
           rate,
           {recipe.page, set.image, recipe.paper, recipe.seed},
           recipe.batch,
           run.options.limit},
          [&run, formats = inference::Formats{set.chat, set.image}] {
            return open_model(run, formats);
          }};
}

/// PNG of a record's page as the model saw it; empty where its waveform is not there, as where only
/// the tables are.
std::string page_png(const EvalRecipe& recipe, const ptbxl::Database& database,
                     const ptbxl::RecordInfo& record) {
  const auto waveform = database.waveform(record, recipe.data.sampling_rate);
  if (!fs::exists(waveform.string() + ".hea")) return "";
  return page::encode_png(
      data::PageMaker(recipe.page, {}, recipe.paper, recipe.seed)
          .picture(data::record_page(database, record, recipe.data.sampling_rate), 0));
}

/// Of the data set, for names that a wording may have; none without its tables.
std::vector<ptbxl::Statement> statements_of(const EvalRecipe& recipe) {
  const auto table = fs::path(recipe.data.root) / "scp_statements.csv";
  if (!fs::exists(table)) return {};
  return ptbxl::load_statements(table);
}

evaluation::ReferenceConfig reference_of(const EvalRecipe& recipe) {
  evaluation::ReferenceConfig reference{recipe.data.root, recipe.data.labels,
                                        recipe.data.minimum_likelihood, recipe.data.valid_folds,
                                        recipe.data.test_folds};
  reference.validation = recipe.score.validation;
  reference.validation_folds = recipe.score.validation_folds;
  reference.recordings = recipe.data.recording_roots;
  return reference;
}

/// Of the tables of the data set, if they are at hand: what its folds share.
void add_audit(const data::DataConfig& data, Json& details) {
  if (!fs::exists(fs::path(data.root) / "ptbxl_database.csv")) return;
  const auto database = std::make_shared<const ptbxl::Database>(
      ptbxl::load_database(data.root, data.recording_roots));
  details["audit"] = to_json(leakage::audit_folds(database, data.sampling_rate, data.splits()));
}

}  // namespace

void refuse_without_labels(const EvalRun& run) {
  if (!run.options.compat.empty())
    throw_usage(
        "--compat ", run.options.compat,
        " is for instruction tasks, expected tasks.files or predictions of a task; leave it out");
  if (run.recipe.data.root.empty())
    throw_usage(
        "data.root: expected not empty, got nothing; name a folder in PTB-XL's layout, whose "
        "labels are to be asked, or set tasks.files");
}

void ask_labels(EvalRun& run) {
  std::optional<asking::LabelRunner> questions;
  Json made_of;
  run.team.all([&] { questions.emplace(questions_of(run, made_of)); });
  run.team.compare(asking::given_of(made_of));
  asking::answer_all(run.team, *questions, made_of, run.predictions, run.options.accept_changes);
}

void score_labels(const EvalRun& run) {
  const auto& recipe = run.recipe;
  evaluation::ScoringRun scoring;
  scoring.predictions = run.predictions;
  scoring.output = recipe.output;
  scoring.title = "Evaluation of " + answers_of(run);
  scoring.details = details_of(run);
  add_audit(recipe.data, scoring.details);
  scoring.reference = reference_of(recipe);
  scoring.options = evaluation::evaluation_options(recipe.score, recipe.resamples, recipe.seed);
  scoring.subgroups = recipe.score.subgroups;
  if (recipe.score.linear)
    scoring.linear = {recipe.data.train_folds, recipe.data.sampling_rate,
                      recipe.score.linear_records};
  if (!run.asks()) scoring.limit = run.options.limit;  // what was asked here is limited already
  scoring.folds = evaluation::describe_folds(recipe.data.train_folds, scoring.reference);
  scoring.wording = ptbxl::Wording::load(recipe.data.wording, statements_of(recipe)).identity();
  scoring.png = [&recipe](const ptbxl::Database& database, const ptbxl::RecordInfo& record) {
    return page_png(recipe, database, record);
  };
  evaluation::score_and_report(scoring);
}

}  // namespace ecg_lora::tools
