#include "ecg_lora/score/compare.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "ecg_lora/base/error.h"

namespace ecg_lora::score {
namespace {

using Pair = std::pair<int, std::string>;
using Answers = std::map<Pair, const Prediction*>;

Answers by_pair(const std::vector<Prediction>& predictions) {
  Answers result;
  for (const auto& p : predictions) result[{p.ecg_id, p.label}] = &p;
  return result;
}

void check_alike(const Run& a, const Run& b, const Prediction& x, const Prediction& y) {
  if (x.gold == y.gold && x.patient_id == y.patient_id && x.fold == y.fold) return;
  throw_data("runs ", a.name, " and ", b.name, " disagree about record ", x.ecg_id, ", label ", x.label, ": gold ", x.gold, ", patient ", x.patient_id, ", fold ", x.fold,
             " against gold ", y.gold, ", patient ", y.patient_id, ", fold ", y.fold, ", expected the same data; compare runs on one data set and label set");
}

/// The predictions that both runs have, in the same order.
struct Shared {
  std::vector<Prediction> first, second;
  std::int64_t only_first = 0, only_second = 0;
};

Shared shared_pairs(const Run& a, const Run& b) {
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
  if (result.first.empty()) throw_data("runs ", a.name, " and ", b.name, " share no record and label, expected some; compare runs on the same folds and labels");
  return result;
}

std::optional<double> known(double value) { return std::isnan(value) ? std::nullopt : std::optional(value); }

Difference difference(double first, double second, std::vector<double> resampled) {
  Difference d{known(first), known(second), {}, {}, {}, {}};
  if (!d.first || !d.second) return d;
  d.value = second - first;
  if (resampled.empty()) return d;
  const auto count = static_cast<double>(resampled.size());
  // Both sides count a difference that is 0 but for rounding.
  const auto below = static_cast<double>(std::count_if(resampled.begin(), resampled.end(), [](double x) { return x <= 1e-12; }));
  const auto above = static_cast<double>(std::count_if(resampled.begin(), resampled.end(), [](double x) { return x >= -1e-12; }));
  d.p = std::min(1.0, 2 * (std::min(below, above) + 1) / (count + 1));
  d.low = quantile(resampled, 0.025);
  d.high = quantile(resampled, 0.975);
  return d;
}

/// Statistics of both runs under the same weights: first's, then second's.
struct Both {
  ScoreStatistics first, second;
  std::vector<double> operator()(const std::vector<int>* weight) const {
    auto row = first(weight);
    const auto other = second(weight);
    row.insert(row.end(), other.begin(), other.end());
    return row;
  }
};

std::vector<Difference> differences(const Both& both, std::size_t patients, const BootstrapOptions& options) {
  const auto values = both(nullptr);
  const auto rows = resample([&](const std::vector<int>* weight) { return both(weight); }, patients, options);
  const auto half = values.size() / 2;
  std::vector<Difference> result;
  for (std::size_t s = 0; s < half; ++s) {
    std::vector<double> resampled;
    for (const auto& row : rows)
      if (const double d = row[half + s] - row[s]; !std::isnan(d)) resampled.push_back(d);
    result.push_back(difference(values[s], values[half + s], std::move(resampled)));
  }
  return result;
}

PerMetric<Difference> block(const std::vector<Difference>& all, std::size_t start) {
  PerMetric<Difference> result;
  std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(start), metric_count, result.begin());
  return result;
}

void adjust(std::vector<LabelDifference>& labels) {
  std::vector<double> p;
  std::vector<LabelDifference*> tested;
  for (auto& label : labels)
    if (label.delong) p.push_back(label.delong->p), tested.push_back(&label);
  const auto adjusted = holm(p);
  for (std::size_t i = 0; i < tested.size(); ++i) tested[i]->p_holm = adjusted[i];
}

}  // namespace

Comparison compare(const Run& a, const Run& b, const ThresholdRule& rule, const BootstrapOptions& options) {
  const auto shared = shared_pairs(a, b);
  const auto first = make_table(shared.first), second = make_table(shared.second);
  const Both both{{first, choose_thresholds(make_table(a.validation), rule)}, {second, choose_thresholds(make_table(b.validation), rule)}};
  const auto all = differences(both, first.patients, options);
  Comparison result;
  result.first = a.name, result.second = b.name;
  result.macro = block(all, both.first.macro());
  result.weighted = block(all, both.first.weighted());
  result.micro = block(all, both.first.micro());
  std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(both.first.sets()), set_metric_count, result.sets.begin());
  for (std::size_t l = 0; l < first.columns.size(); ++l) {
    const auto& column = first.columns[l];
    LabelDifference line;
    line.label = column.label;
    line.records = static_cast<std::int64_t>(column.truth.size());
    line.positives = std::count(column.truth.begin(), column.truth.end(), true);
    line.metrics = block(all, both.first.of_label(l));
    line.delong = delong_difference(column.probability, second.columns[l].probability, column.truth, first.patients_of(column));
    result.labels.push_back(std::move(line));
  }
  adjust(result.labels);
  result.records = static_cast<std::int64_t>(first.records.size());
  result.patients = static_cast<std::int64_t>(first.patients);
  result.only_first = shared.only_first, result.only_second = shared.only_second;
  return result;
}

}  // namespace ecg_lora::score
