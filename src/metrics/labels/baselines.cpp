#include "ecg_lora/metrics/labels/baselines.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace ecg_lora::metrics {
namespace {

/// Expected average precision of a random order of `count` records, `positives` of them positive
/// (Bestgen 2015).
double expected_average_precision(std::int64_t positives, std::int64_t count) {
  if (count == 1) return 1;
  double harmonic = 0;
  for (std::int64_t i = 1; i <= count; ++i) harmonic += 1.0 / static_cast<double>(i);
  const auto n = static_cast<double>(count);
  return ((static_cast<double>(positives) - 1) / (n - 1) * (n - harmonic) + harmonic) / n;
}

/// Expected values of a uniform probability, from the expected counts at 0.5 (F1 and precision: the
/// ratio of expectations).
Values random_values(const LabelColumn& column) {
  const auto count = static_cast<std::int64_t>(column.reference.size()),
             positives = static_cast<std::int64_t>(
                 std::count(column.reference.begin(), column.reference.end(), true));
  const double share = count > 0 ? static_cast<double>(positives) / static_cast<double>(count) : 0;
  Values v;
  v[Metric::brier] = 1.0 / 3;
  // Of many records: the integral of |p - share|.
  v[Metric::calibration_error] = (share * share + (1 - share) * (1 - share)) / 2;
  if (positives > 0)
    v[Metric::sensitivity] = 0.5, v[Metric::f1] = share / (share + 0.5),
    v[Metric::precision] = share,
    v[Metric::average_precision] = expected_average_precision(positives, count);
  if (positives < count) v[Metric::specificity] = 0.5;
  if (positives > 0 && positives < count)
    v[Metric::auroc] = 0.5, v[Metric::balanced_accuracy] = 0.5;
  return v;
}

Values macro_of(const std::vector<Values>& labels) {
  Values result;
  for (std::size_t m = 0; m < kMetricCount; ++m) {
    double sum = 0, count = 0;
    for (const auto& values : labels)
      if (values[Metric::auroc] && values[m]) sum += *values[m], ++count;
    if (count > 0) result[m] = sum / count;
  }
  return result;
}

Baseline random_baseline(const PredictionTable& test) {
  Baseline result{"random", "expected values of a uniform probability, called at 0.5", {}, {}, {},
                  {}};
  for (const auto& column : test.columns)
    result.labels.push_back(column.label), result.of_label.push_back(random_values(column));
  result.macro = macro_of(result.of_label);
  result.sets = {0.5, std::pow(0.5, static_cast<double>(test.columns.size())), std::nullopt};
  return result;
}

std::map<std::string, double> shares(const PredictionTable& table) {
  std::map<std::string, double> result;
  for (const auto& column : table.columns)
    if (!column.reference.empty())
      result[column.label] =
          static_cast<double>(std::count(column.reference.begin(), column.reference.end(), true)) /
          static_cast<double>(column.reference.size());
  return result;
}

/// Scored as a model's answers would be.
Baseline scored(std::string name, std::string definition, const PredictionTable& test,
                const Thresholds& thresholds) {
  Baseline result{std::move(name), std::move(definition), {}, {}, {}, {}};
  const auto scores = score(test, thresholds, {0, 0});
  for (const auto& label : scores.labels) {
    Values values;
    for (std::size_t m = 0; m < kMetricCount; ++m) values[m] = label.estimates[m].value;
    result.labels.push_back(label.label);
    result.of_label.push_back(values);
  }
  for (std::size_t m = 0; m < kMetricCount; ++m) result.macro[m] = scores.macro[m].value;
  for (std::size_t m = 0; m < kSetMetricCount; ++m) result.sets[m] = scores.sets[m].value;
  return result;
}

/// The same answer for every record.
Baseline constant(std::string name, std::string definition, PredictionTable test,
                  const std::map<std::string, double>& answers, const Thresholds& thresholds) {
  for (auto& column : test.columns) {
    const auto found = answers.find(column.label);
    std::fill(column.probability.begin(), column.probability.end(),
              found == answers.end() ? 0.5 : found->second);
  }
  return scored(std::move(name), std::move(definition), test, thresholds);
}

}  // namespace

Baseline model_baseline(std::string name, std::string definition, const PredictionTable& validation,
                        const PredictionTable& test, const ThresholdRule& rule) {
  return scored(std::move(name), std::move(definition), test, choose_thresholds(validation, rule));
}

std::vector<Baseline> baselines(const PredictionTable& validation, const PredictionTable& test,
                                const ThresholdRule& rule) {
  const auto share = shares(validation);
  std::map<std::string, double> majority;
  Thresholds thresholds;
  for (const auto& [label, value] : share) majority[label] = value > 0.5 ? 1 : 0;
  for (const auto& column : validation.columns)
    if (const auto found = share.find(column.label); found != share.end())
      thresholds[column.label] = choose_threshold(
          std::vector<double>(column.reference.size(), found->second), column.reference, rule);
  return {random_baseline(test),
          constant("majority", "the commoner answer of the validation folds, for every record",
                   test, majority, {}),
          constant("prevalence",
                   "the validation folds' share of positives, for every record; thresholds chosen "
                   "as the model's",
                   test, share, thresholds)};
}

}  // namespace ecg_lora::metrics
