#include "ecg_lora/evaluation/label_scoring.h"

#include <algorithm>
#include <iostream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/version.h"
#include "ecg_lora/base/write_together.h"
#include "ecg_lora/evaluation/stated_wording.h"
#include "ecg_lora/report/evaluation_page.h"

namespace ecg_lora::evaluation {
namespace {

namespace fs = std::filesystem;

report::Provenance provenance(const ScoringRun& run, const ScoreInput& input) {
  report::Provenance result;
  result.folds = run.folds;
  result.score = input.score;
  result.remarks = input.remarks;
  if (input.sample > 0)
    result.sample =
        cat("--limit ", input.sample, " records, for testing; not a result on the whole folds");
  result.details = run.details;
  result.details["wording"] = wording_json(stated_wordings(input.test), run.wording);
  result.details["version"] = version();
  result.details["predictions"] = run.predictions.string();
  result.details["predictions_sha256"] = sha256_file(run.predictions);
  if (const auto table = run.truth.root / "ptbxl_database.csv"; fs::exists(table))
    result.details["data_sha256"] = sha256_file(table);
  return result;
}

/// What was scored becomes predictions.jsonl of the output, so that the folder can be compared with
/// others. Answers of another run that only chose thresholds (score.validation) are on another data
/// set, whose ecg_id mean other records.
void keep_answers(const ScoringRun& run, const ScoreInput& input) {
  const auto file = run.output / "predictions.jsonl";
  AtomicFile out(file);
  if (run.truth.validation.empty())
    for (const auto& p : input.validation) out.write(score::to_line(p) + "\n");
  for (const auto& p : input.test) out.write(score::to_line(p) + "\n");
  out.commit();
}

report::PageOptions page_options(const ScoringRun& run, const ScoreInput& input) {
  report::PageOptions options;
  options.title = run.title;
  if (!run.png || !input.database) return options;
  options.png = [&run, &input](int ecg_id) -> std::string {
    const auto& records = input.database->records;
    const auto record = std::find_if(records.begin(), records.end(),
                                     [&](const auto& r) { return r.ecg_id == ecg_id; });
    return record == records.end() ? "" : run.png(*input.database, *record);
  };
  return options;
}

}  // namespace

score::EvaluationOptions evaluation_options(const ScoringConfig& config, int resamples,
                                            std::uint64_t seed) {
  score::EvaluationOptions options;
  options.bootstrap = {resamples, seed, config.bca, true};
  options.threshold = {config.threshold, config.sensitivity};
  options.worst = static_cast<std::size_t>(config.worst_errors);
  return options;
}

void score_and_report(const ScoringRun& run) {
  auto input = load_score_input(run.predictions, run.truth, run.limit);
  if (input.keep && fs::exists(run.output / "predictions.jsonl"))
    throw_usage("output ", run.output.string(),
                " holds predictions.jsonl of another run, expected a folder for the scores of ",
                run.predictions.string(), "; choose another with --set output=");
  if (input.test.empty())
    throw_data(run.predictions.string(), " holds no prediction of the test folds (", run.folds,
               "); choose data.test_folds that it covers");
  if (!input.database && run.subgroups)
    log_info(cat("no ", (run.truth.root / "ptbxl_database.csv").string(),
                 ": no subgroups, and missing records are not counted"));
  if (!run.subgroups) input.divisions.clear();
  log_info(cat("scoring ", input.validation.size() + input.test.size(), " answers; intervals: ",
               run.options.bootstrap.resamples, " groups of patients at most"));
  auto options = run.options;
  options.labels = ptbxl::listed_labels(run.truth.labels);
  auto evaluation = score::evaluate(input.validation, input.test, input.divisions, options);
  if (run.linear)
    if (auto baseline =
            linear_baseline(input, run.truth, *run.linear, run.options.threshold, input.remarks))
      evaluation.baselines.push_back(std::move(*baseline));
  const auto source = provenance(run, input);
  if (input.keep) keep_answers(run, input);
  write_together(
      {{run.output / "report.html",
        report::evaluation_page(evaluation, source, page_options(run, input))},
       {run.output / "scores.json", json_document(report::scores_json(evaluation, source))}});
  std::cout << report::scores_table(evaluation, source) << "\nwrote "
            << (run.output / "scores.json").string() << " and report.html\n";
}

}  // namespace ecg_lora::evaluation
