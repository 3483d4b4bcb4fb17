#include "ecg_lora/metrics/labels/compare.h"

#include <algorithm>
#include <map>

#include "ecg_lora/base/error.h"
#include "ecg_lora/metrics/statistics/paired.h"
#include "score_statistics.h"

namespace ecg_lora::metrics {
namespace {

using Pair = std::pair<int, std::string>;
using Answers = std::map<Pair, const Prediction*>;

Answers by_pair(const std::vector<Prediction>& predictions) {
  Answers result;
  for (const auto& p : predictions) result[{p.ecg_id, p.label}] = &p;
  return result;
}

void check_alike(const LabelRun& a, const LabelRun& b, const Prediction& x, const Prediction& y) {
  if (x.gold == y.gold && x.patient_id == y.patient_id && x.fold == y.fold) return;
  throw_data("runs ", a.name, " and ", b.name, " disagree about record ", x.ecg_id, ", label ",
             x.label, ": gold ", x.gold, ", patient ", x.patient_id, ", fold ", x.fold,
             " against gold ", y.gold, ", patient ", y.patient_id, ", fold ", y.fold,
             ", expected the same data; compare runs on one data set and label set");
}

/// The predictions that both runs have, in the same order.
struct Shared {
  std::vector<Prediction> first, second;
  std::int64_t only_first = 0, only_second = 0;
};

Shared shared_pairs(const LabelRun& a, const LabelRun& b) {
  const auto of_a = by_pair(a.test), of_b = by_pair(b.test);
  Shared result;
  for (const auto& [pair, x] : of_a) {
    const auto found = of_b.find(pair);
    if (found == of_b.end()) {
      ++result.only_first;
      continue;
    }
    check_alike(a, b, *x, *found->second);
    result.first.push_back(*x);
    result.second.push_back(*found->second);
  }
  result.only_second = static_cast<std::int64_t>(of_b.size() - result.second.size());
  if (result.first.empty())
    throw_data(
        "runs ", a.name, " and ", b.name,
        " share no record and label, expected some; compare runs on the same folds and labels");
  return result;
}

/// The difference of a label, but for the metrics with intervals.
LabelDifference label_difference(const PredictionTable& table, const LabelColumn& first,
                                 const LabelColumn& second) {
  LabelDifference line;
  line.label = first.label;
  line.records = static_cast<std::int64_t>(first.reference.size());
  line.positives = std::count(first.reference.begin(), first.reference.end(), true);
  line.delong = delong_difference(first.probability, second.probability, first.reference,
                                  table.patients_of(first));
  return line;
}

/// Adjusts DeLong's p-values over the labels.
void adjust(std::vector<LabelDifference>& labels) {
  std::vector<std::optional<double>> p;
  for (const auto& label : labels)
    p.push_back(label.delong ? std::optional(label.delong->p) : std::nullopt);
  const auto adjusted = holm_of_tested(p);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i].p_holm = adjusted[i];
}

}  // namespace

LabelComparison compare(const LabelRun& a, const LabelRun& b, const ThresholdRule& rule,
                        const IntervalOptions& options) {
  const auto shared = shared_pairs(a, b);
  auto labels = a.labels;
  labels.insert(labels.end(), b.labels.begin(), b.labels.end());
  const auto first = with_labels(make_prediction_table(shared.first), labels),
             second = with_labels(make_prediction_table(shared.second), labels);
  const ScoreStatistics of_first(first,
                                 choose_thresholds(make_prediction_table(a.validation), rule)),
      of_second(second, choose_thresholds(make_prediction_table(b.validation), rule));
  const auto all =
      paired_differences([&](const auto* w) { return of_first(w); },
                         [&](const auto* w) { return of_second(w); }, first.patients, options);
  LabelComparison result;
  result.first = a.name, result.second = b.name;
  result.macro = metrics_from(all, of_first.macro());
  result.weighted = metrics_from(all, of_first.weighted());
  result.micro = metrics_from(all, of_first.micro());
  std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(of_first.sets()), kSetMetricCount,
              result.sets.begin());
  for (std::size_t l = 0; l < first.columns.size(); ++l) {
    result.labels.push_back(label_difference(first, first.columns[l], second.columns[l]));
    result.labels.back().metrics = metrics_from(all, of_first.of_label(l));
  }
  adjust(result.labels);
  result.records = static_cast<std::int64_t>(first.records.size());
  result.patients = static_cast<std::int64_t>(first.patients);
  result.only_first = shared.only_first, result.only_second = shared.only_second;
  return result;
}

}  // namespace ecg_lora::metrics
