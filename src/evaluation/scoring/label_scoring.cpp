#include "ecg_lora/evaluation/scoring/label_scoring.h"

#include <algorithm>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/report/evaluation_page.h"
#include "linear_baseline.h"
#include "score_source.h"
#include "stated_wording.h"

namespace ecg_lora::evaluation {
namespace {

namespace fs = std::filesystem;

report::Provenance label_provenance(const ScoringRun& run, const ScoreInput& input) {
  AnswersRun answers = run;
  answers.details["wording"] = wording_json(stated_wordings(input.test), run.wording);
  auto result = report_provenance(answers, input.score, input.notices);
  result.folds = run.folds;
  if (input.sample > 0)
    result.sample =
        cat("--limit ", input.sample, " records, for testing; not a result on the whole folds");
  if (const auto table = run.reference.root / "ptbxl_database.csv"; fs::exists(table))
    result.details["data_sha256"] = sha256_file(table);
  return result;
}

/// What was scored becomes predictions.jsonl of the output, so that the folder can be compared with
/// others. Answers of another run that only chose thresholds (score.validation) are on another data
/// set, whose ecg_id mean other records.
void keep_answers(const ScoringRun& run, const ScoreInput& input) {
  const auto file = run.output / "predictions.jsonl";
  if (run.reference.validation.empty())
    write_answers(file, input.validation, input.test);
  else
    write_answers(file, input.test);
}

metrics::Evaluation evaluated(const ScoringRun& run, ScoreInput& input) {
  auto options = run.options;
  options.labels = ptbxl::listed_labels(run.reference.labels);
  auto evaluation = metrics::evaluate(input.validation, input.test, input.groupings, options);
  if (run.linear)
    if (auto baseline = linear_baseline(input, run.reference, *run.linear, run.options.threshold,
                                        input.notices))
      evaluation.baselines.push_back(std::move(*baseline));
  return evaluation;
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

metrics::EvaluationOptions evaluation_options(const ScoringConfig& config, int resamples,
                                              std::uint64_t seed) {
  metrics::EvaluationOptions options;
  options.intervals = {resamples, seed, config.bca, true};
  options.threshold = {config.threshold, config.sensitivity};
  options.worst = static_cast<std::size_t>(config.worst_errors);
  return options;
}

void score_and_report(const ScoringRun& run) {
  auto input = load_score_input(run.predictions, run.reference, run.limit);
  if (input.keep) refuse_other_answers(run.output, run.predictions);
  if (input.test.empty())
    throw_data(run.predictions.string(), " holds no prediction of the test folds (", run.folds,
               "); choose data.test_folds that it covers");
  if (!input.database && run.subgroups)
    log_info(cat("no ", (run.reference.root / "ptbxl_database.csv").string(),
                 ": no subgroups, and missing records are not counted"));
  if (!run.subgroups) input.groupings.clear();
  log_info(cat("scoring ", input.validation.size() + input.test.size(), " answers; intervals: ",
               run.options.intervals.resamples, " groups of patients at most"));
  const auto evaluation = evaluated(run, input);
  const auto source = label_provenance(run, input);
  if (input.keep) keep_answers(run, input);
  write_report(run, report::evaluation_page(evaluation, source, page_options(run, input)),
               report::scores_json(evaluation, source), report::scores_table(evaluation, source));
}

}  // namespace ecg_lora::evaluation
