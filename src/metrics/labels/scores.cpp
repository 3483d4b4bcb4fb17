#include "ecg_lora/metrics/labels/scores.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

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

PerMetric<Estimate> block(const std::vector<Estimate>& all, std::size_t start) {
  PerMetric<Estimate> result;
  std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(start), kMetricCount, result.begin());
  return result;
}

LabelScores label_scores(const PredictionTable& test, const LabelColumn& column,
                         const Thresholds& thresholds) {
  LabelScores line;
  line.label = column.label;
  line.records = static_cast<std::int64_t>(column.reference.size());
  line.positives = std::count(column.reference.begin(), column.reference.end(), true);
  line.threshold = threshold_of(thresholds, column.label);
  std::set<std::size_t> of_class[2];
  const auto patients = test.patients_of(column);
  for (std::size_t i = 0; i < patients.size(); ++i)
    of_class[column.reference[i]].insert(patients[i]);
  line.patients_without = static_cast<std::int64_t>(of_class[0].size()),
  line.patients_with = static_cast<std::int64_t>(of_class[1].size());
  line.delong = delong(column.probability, column.reference, patients);
  return line;
}

void drop_bca(Estimate& e) {
  e.bca_low.reset(), e.bca_high.reset();
}

/// A label with one class has values without intervals: what the other class would add to Brier
/// score and calibration error nobody has seen.
void keep_sound(LabelScores& label) {
  for (auto& e : label.estimates) {
    if (label.few() || !label.defined()) drop_bca(e);
    if (!label.defined()) e.low.reset(), e.high.reset();
  }
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

StatisticsKind ScoreStatistics::kind() const {
  StatisticsKind kind;
  const auto fill = sets() + kSetMetricCount;  // the filled means stand behind the sets
  for (std::size_t s = 0; s < fill + 2 * kMetricCount; ++s) {
    kind.bias_of.push_back(s >= macro() && s < micro() ? fill + s - macro() : s);
  }
  return kind;
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

Scores score(const PredictionTable& test, const Thresholds& thresholds,
             const BootstrapOptions& options) {
  const ScoreStatistics statistics(test, thresholds);
  const auto all = estimates([&](const PatientWeights* w) { return statistics(w); }, test.patients,
                             options, statistics.kind());
  Scores scores;
  for (std::size_t l = 0; l < test.columns.size(); ++l) {
    scores.labels.push_back(label_scores(test, test.columns[l], thresholds));
    scores.labels.back().estimates = block(all, statistics.of_label(l));
    keep_sound(scores.labels.back());
    scores.defined_labels += scores.labels.back().defined();
  }
  scores.macro = block(all, statistics.macro());
  scores.weighted = block(all, statistics.weighted());
  scores.micro = block(all, statistics.micro());
  if (!scores.labels_of_few().empty())
    for (auto* means : {&scores.macro, &scores.weighted})
      for (auto& e : *means) drop_bca(e);
  std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(statistics.sets()), kSetMetricCount,
              scores.sets.begin());
  scores.records = static_cast<std::int64_t>(test.records.size());
  scores.patients = static_cast<std::int64_t>(test.patients);
  scores.unanswered = test.unanswered();
  return scores;
}

Scores score(const std::vector<Prediction>& validation, const std::vector<Prediction>& test,
             int resamples, std::uint64_t seed) {
  return score(make_prediction_table(test),
               choose_thresholds(make_prediction_table(validation), {}), {resamples, seed});
}

std::vector<std::string> Scores::one_class_labels() const {
  std::vector<std::string> names;
  for (const auto& label : labels)
    if (!label.defined()) names.push_back(label.label);
  return names;
}

std::string Scores::why_undefined() const {
  const bool silent = std::any_of(labels.begin(), labels.end(),
                                  [](const auto& label) { return label.records == 0; });
  return silent ? "one class only or no answer" : "one class only";
}

std::vector<std::string> Scores::labels_of_few() const {
  std::vector<std::string> names;
  for (const auto& label : labels)
    if (label.few()) names.push_back(label.label);
  return names;
}

}  // namespace ecg_lora::metrics
