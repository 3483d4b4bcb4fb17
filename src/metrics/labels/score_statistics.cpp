#include "score_statistics.h"

#include <limits>

namespace ecg_lora::metrics {
namespace {

const double kNoValue = std::numeric_limits<double>::quiet_NaN();

void append(std::vector<double>& row, const Values& values) {
  for (const auto& value : values) row.push_back(value.value_or(kNoValue));
}

/// Mean over the labels that have both classes in the whole, each with its weight. A value that
/// `labels` lack is left out, or, with `filled`, that of the whole.
Values average(const std::vector<Values>& labels, const std::vector<Values>& whole,
               const std::vector<double>& weight, bool filled) {
  Values result;
  for (std::size_t m = 0; m < kMetricCount; ++m) {
    double sum = 0, count = 0;
    for (std::size_t l = 0; l < labels.size(); ++l) {
      if (!whole[l][Metric::auroc]) continue;
      const auto value = labels[l][m] || !filled ? labels[l][m] : whole[l][m];
      if (value) sum += weight[l] * *value, count += weight[l];
    }
    if (count > 0) result[m] = sum / count;
  }
  return result;
}

Ranking pool(const PredictionTable& table) {
  std::vector<double> probability;
  std::vector<bool> reference;
  std::vector<std::size_t> patient;
  for (const auto& column : table.columns) {
    const auto patients = table.patients_of(column);
    probability.insert(probability.end(), column.probability.begin(), column.probability.end());
    reference.insert(reference.end(), column.reference.begin(), column.reference.end());
    patient.insert(patient.end(), patients.begin(), patients.end());
  }
  return {probability, reference, patient};
}

}  // namespace

ScoreStatistics::ScoreStatistics(const PredictionTable& test, const Thresholds& thresholds)
    : pooled_(pool(test)), sets_(test, thresholds) {
  for (const auto& column : test.columns) {
    rankings_.emplace_back(column.probability, column.reference, test.patients_of(column));
    thresholds_.push_back(threshold_of(thresholds, column.label));
    whole_.push_back(values_of(rankings_.back().sums(thresholds_.back())));
  }
}

StatisticTraits ScoreStatistics::traits() const {
  StatisticTraits traits;
  const auto fill = sets() + kSetMetricCount;  // the filled means stand behind the sets
  for (std::size_t s = 0; s < fill + 2 * kMetricCount; ++s) {
    traits.bias_of.push_back(s >= macro() && s < micro() ? fill + s - macro() : s);
  }
  return traits;
}

std::vector<double> ScoreStatistics::operator()(const std::vector<double>* weight) const {
  std::vector<double> row;
  std::vector<Values> labels;
  std::vector<double> equal, positives;
  Confusion together;
  for (std::size_t l = 0; l < rankings_.size(); ++l) {
    const auto sums = rankings_[l].sums(thresholds_[l], weight);
    labels.push_back(values_of(sums));
    append(row, labels.back());
    equal.push_back(1);
    positives.push_back(sums.positives);
    together += sums.at_threshold;
  }
  for (const auto* weights : {&equal, &positives})
    append(row, average(labels, whole_, *weights, false));
  auto pooled = pooled_.sums(0.5, weight);
  pooled.at_threshold = together;  // each label has a threshold of its own
  append(row, values_of(pooled));
  for (const double value : sets_.values(weight)) row.push_back(value);
  for (const auto* weights : {&equal, &positives})
    append(row, average(labels, whole_, *weights, true));
  return row;
}

}  // namespace ecg_lora::metrics
