#include "ecg_lora/metrics/labels/scores.h"

#include <algorithm>
#include <set>

#include "score_statistics.h"

namespace ecg_lora::metrics {
namespace {

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

Scores score(const PredictionTable& test, const Thresholds& thresholds,
             const IntervalOptions& options) {
  const ScoreStatistics statistics(test, thresholds);
  const auto all = estimates([&](const PatientWeights* w) { return statistics(w); }, test.patients,
                             options, statistics.traits());
  Scores scores;
  for (std::size_t l = 0; l < test.columns.size(); ++l) {
    scores.labels.push_back(label_scores(test, test.columns[l], thresholds));
    scores.labels.back().estimates = metrics_from(all, statistics.of_label(l));
    keep_sound(scores.labels.back());
    scores.defined_labels += scores.labels.back().defined();
  }
  scores.macro = metrics_from(all, statistics.macro());
  scores.weighted = metrics_from(all, statistics.weighted());
  scores.micro = metrics_from(all, statistics.micro());
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
