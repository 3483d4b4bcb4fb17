#include "ecg_lora/score/scores.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ecg_lora::score {
namespace {

const double undefined = std::numeric_limits<double>::quiet_NaN();

void append(std::vector<double>& row, const Values& values) {
  for (const auto& value : values) row.push_back(value.value_or(undefined));
}

/// Mean over the labels that have both classes, each with its weight.
Values average(const std::vector<Values>& labels, const std::vector<double>& weight) {
  Values result;
  for (std::size_t m = 0; m < metric_count; ++m) {
    double sum = 0, count = 0;
    for (std::size_t l = 0; l < labels.size(); ++l)
      if (labels[l][Metric::auroc] && labels[l][m]) sum += weight[l] * *labels[l][m], count += weight[l];
    if (count > 0) result[m] = sum / count;
  }
  return result;
}

Ranking pool(const Table& table) {
  std::vector<double> probability;
  std::vector<bool> truth;
  std::vector<std::size_t> patient;
  for (const auto& column : table.columns) {
    const auto patients = table.patients_of(column);
    probability.insert(probability.end(), column.probability.begin(), column.probability.end());
    truth.insert(truth.end(), column.truth.begin(), column.truth.end());
    patient.insert(patient.end(), patients.begin(), patients.end());
  }
  return {probability, truth, patient};
}

PerMetric<Estimate> block(const std::vector<Estimate>& all, std::size_t start) {
  PerMetric<Estimate> result;
  std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(start), metric_count, result.begin());
  return result;
}

LabelScores label_scores(const Table& test, const Column& column, const Thresholds& thresholds) {
  LabelScores line;
  line.label = column.label;
  line.records = static_cast<std::int64_t>(column.truth.size());
  line.positives = std::count(column.truth.begin(), column.truth.end(), true);
  line.threshold = threshold_of(thresholds, column.label);
  line.delong = delong(column.probability, column.truth, test.patients_of(column));
  return line;
}

}  // namespace

ScoreStatistics::ScoreStatistics(const Table& test, const Thresholds& thresholds) : pooled_(pool(test)), sets_(test, thresholds) {
  for (const auto& column : test.columns) {
    rankings_.emplace_back(column.probability, column.truth, test.patients_of(column));
    thresholds_.push_back(threshold_of(thresholds, column.label));
  }
}

std::vector<double> ScoreStatistics::operator()(const std::vector<int>* weight) const {
  std::vector<double> row;
  std::vector<Values> labels;
  std::vector<double> equal, positives;
  Confusion together;
  for (std::size_t l = 0; l < rankings_.size(); ++l) {
    const auto sums = rankings_[l].sums(thresholds_[l], weight);
    labels.push_back(values_of(sums));
    append(row, labels.back());
    equal.push_back(1);
    positives.push_back(static_cast<double>(sums.positives));
    together += sums.at_threshold;
  }
  append(row, average(labels, equal));
  append(row, average(labels, positives));
  auto pooled = pooled_.sums(0.5, weight);
  pooled.at_threshold = together;  // each label has a threshold of its own
  append(row, values_of(pooled));
  for (const double value : sets_.values(weight)) row.push_back(value);
  return row;
}

Scores score(const Table& test, const Thresholds& thresholds, const BootstrapOptions& options) {
  const ScoreStatistics statistics(test, thresholds);
  const auto all = estimates(statistics, test.patients, options);
  Scores scores;
  for (std::size_t l = 0; l < test.columns.size(); ++l) {
    scores.labels.push_back(label_scores(test, test.columns[l], thresholds));
    scores.labels.back().estimates = block(all, statistics.of_label(l));
    scores.defined_labels += scores.labels.back().defined();
  }
  scores.macro = block(all, statistics.macro());
  scores.weighted = block(all, statistics.weighted());
  scores.micro = block(all, statistics.micro());
  std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(statistics.sets()), set_metric_count, scores.sets.begin());
  scores.records = static_cast<std::int64_t>(test.records.size());
  scores.patients = static_cast<std::int64_t>(test.patients);
  scores.unanswered = test.unanswered();
  return scores;
}

Scores score(const std::vector<Prediction>& validation, const std::vector<Prediction>& test, int resamples, std::uint64_t seed) {
  return score(make_table(test), choose_thresholds(make_table(validation), {}), {resamples, seed});
}

std::vector<std::string> Scores::one_class_labels() const {
  std::vector<std::string> names;
  for (const auto& label : labels)
    if (!label.defined()) names.push_back(label.label);
  return names;
}

}  // namespace ecg_lora::score
