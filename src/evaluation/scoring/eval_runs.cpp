#include "eval_runs.h"

#include <set>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/hash.h"
#include "score_source.h"
#include "stated_wording.h"

namespace ecg_lora::evaluation {
namespace {

namespace fs = std::filesystem;

void check_unchanged(const fs::path& file, const Json& provenance, const char* key,
                     const fs::path& folder) {
  const auto then = provenance.value(key, std::string());
  if (!then.empty() && sha256_file(file) != then)
    throw_data(file.string(), " has changed since ", (folder / "scores.json").string(),
               " was made from it, expected the same file; run ecg-lora eval again");
}

/// RUN/predictions.jsonl, else the file that scores.json was made from.
fs::path predictions_of(const fs::path& folder, const Json& provenance) {
  if (fs::exists(folder / "predictions.jsonl")) return folder / "predictions.jsonl";
  const fs::path file = provenance.value("predictions", std::string());
  if (file.empty() || !fs::exists(file))
    throw_data(folder.string(),
               " holds no predictions.jsonl, and the file that its scores.json was made from ('",
               file.string(), "') is not there; run ecg-lora eval again");
  check_unchanged(file, provenance, "predictions_sha256", folder);
  return file;
}

ReferenceConfig reference_of(const Json& config) {
  const auto& data = config.at("data");
  ReferenceConfig reference;
  reference.root = data.at("root").get<std::string>(),
  reference.labels = data.at("labels").get<std::string>();
  reference.minimum_likelihood = data.at("minimum_likelihood").get<double>();
  reference.valid_folds = data.at("valid_folds").get<std::vector<int>>(),
  reference.test_folds = data.at("test_folds").get<std::vector<int>>();
  reference.validation = config.at("score").at("validation").get<std::string>(),
  reference.validation_folds = config.at("score").at("validation_folds").get<std::vector<int>>();
  return reference;
}

/// Where the table is not at hand, eval's own list of labels tells what was left out.
void keep_scored(std::vector<metrics::Prediction>& answers, const Json& scores,
                 std::vector<report::Notice>& notices) {
  std::set<std::string> scored;
  for (const auto& label : scores.at("labels")) scored.insert(label.at("label").get<std::string>());
  const auto left_out = std::erase_if(
      answers, [&](const metrics::Prediction& p) { return scored.count(p.label) == 0; });
  notices.push_back({"answers_not_scored", static_cast<std::int64_t>(left_out),
                     "answers are to labels that scores.json does not have, and left out"});
}

}  // namespace

EvalRun open_run(const fs::path& folder) {
  EvalRun run;
  run.scores = read_json(folder / "scores.json");
  run.origin.name = folder.string();
  try {
    const auto& provenance = run.scores.at("provenance");
    run.predictions = predictions_of(folder, provenance);
    run.tasks = metrics::holds_task_answers(run.predictions);
    run.origin.how = run.scores.at(run.tasks ? "score" : "folds").get<std::string>();
    run.origin.sample = run.scores.at("sample").get<std::string>();
  } catch (const nlohmann::json::exception&) {
    throw_data((folder / "scores.json").string(),
               " lacks folds (of tasks: score), sample or provenance of ecg-lora eval; run "
               "ecg-lora eval again");
  }
  return run;
}

metrics::LabelRun label_run(EvalRun& run) {
  const fs::path folder = run.origin.name;
  try {
    const auto& provenance = run.scores.at("provenance");
    const auto reference = reference_of(provenance.at("config"));
    const auto table = reference.root / "ptbxl_database.csv";
    if (fs::exists(table)) check_unchanged(table, provenance, "data_sha256", folder);
    auto input = load_score_input(run.predictions, reference, 0);
    keep_scored(input.test, run.scores, input.notices);
    if (input.test.empty())
      throw_data(folder.string(), " has no prediction of its test folds, expected those that ",
                 (folder / "scores.json").string(), " was made from; run ecg-lora eval again");
    run.origin.notices = std::move(input.notices);
    run.origin.wording = wording_text(stated_wordings(input.test));
    return {run.origin.name, std::move(input.validation), std::move(input.test),
            ptbxl::listed_labels(reference.labels)};
  } catch (const nlohmann::json::exception&) {
    throw_data((folder / "scores.json").string(),
               " lacks labels or provenance.config of ecg-lora eval; run ecg-lora eval again");
  }
}

metrics::TaskRun task_run(const EvalRun& run) {
  return {run.origin.name, metrics::read_task_answers(run.predictions)};
}

}  // namespace ecg_lora::evaluation
