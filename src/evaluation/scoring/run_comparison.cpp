#include "ecg_lora/evaluation/scoring/run_comparison.h"

#include <optional>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"
#include "eval_runs.h"

namespace ecg_lora::evaluation {
namespace {

/// All runs, of labels or all of instruction tasks.
std::vector<EvalRun> open_all(const std::vector<std::string>& folders) {
  std::vector<EvalRun> runs;
  for (const auto& folder : folders) {
    runs.push_back(open_run(folder));
    const auto what = [](const EvalRun& run) { return run.tasks ? "instruction tasks" : "labels"; };
    if (runs.back().tasks != runs.front().tasks)
      throw_data(folder, " answers ", what(runs.back()), " and ", folders.front(), " ",
                 what(runs.front()), ", expected runs of one kind; compare them apart");
  }
  return runs;
}

ComparisonOutput compare_labels(std::vector<EvalRun>& runs, const metrics::ThresholdRule& rule,
                                const metrics::IntervalOptions& intervals) {
  report::ComparisonReport report;
  report.rule = rule, report.intervals = intervals;
  std::optional<metrics::LabelRun> first;
  for (auto& opened : runs) {
    auto run = label_run(opened);
    log_info(cat("scoring ", run.name));
    report.runs.push_back(
        {opened.origin,
         metrics::score(
             metrics::with_labels(metrics::make_prediction_table(run.test), run.labels),
             metrics::choose_thresholds(metrics::make_prediction_table(run.validation), rule),
             intervals)});
    if (first) report.differences.push_back(metrics::compare(*first, run, rule, intervals));
    if (!first) first = std::move(run);
  }
  return {report::comparison_table(report), report::comparison_page(report),
          report::comparison_json(report)};
}

ComparisonOutput compare_tasks(const std::vector<EvalRun>& runs,
                               const metrics::IntervalOptions& intervals) {
  report::TaskComparisonReport report;
  report.intervals = intervals;
  std::optional<metrics::TaskRun> first;
  for (const auto& opened : runs) {
    auto run = task_run(opened);
    log_info(cat("scoring ", run.name));
    report.runs.push_back({opened.origin, metrics::score_tasks(run.answers, intervals)});
    if (first) report.differences.push_back(metrics::compare(*first, run, intervals));
    if (!first) first = std::move(run);
  }
  return {report::task_comparison_table(report), report::task_comparison_page(report),
          report::task_comparison_json(report)};
}

}  // namespace

ComparisonOutput compare_runs(const std::vector<std::string>& folders,
                              const metrics::ThresholdRule& rule,
                              const metrics::IntervalOptions& intervals) {
  if (folders.size() < 2)
    throw_usage("expected two runs or more, got ", folders.size(),
                "; name folders that ecg-lora eval wrote");
  auto runs = open_all(folders);
  return runs.front().tasks ? compare_tasks(runs, intervals)
                            : compare_labels(runs, rule, intervals);
}

}  // namespace ecg_lora::evaluation
