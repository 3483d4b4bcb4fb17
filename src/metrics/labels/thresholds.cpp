#include "ecg_lora/metrics/labels/thresholds.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/metrics/statistics/metrics.h"

namespace ecg_lora::metrics {
namespace {

/// How well a threshold with these hits and false alarms serves the rule; -1 if it cannot be
/// served.
double merit(const ThresholdRule& rule, double hits, double alarms, double positives,
             double negatives) {
  if (rule.rule == "f1") return positives > 0 ? 2 * hits / (hits + alarms + positives) : -1;
  if (rule.rule == "youden")
    return positives > 0 && negatives > 0 ? hits / positives - alarms / negatives : -1;
  // The highest threshold that reaches the sensitivity: all that reach it are equal, and the first
  // is kept.
  return positives > 0 && hits / positives >= rule.sensitivity ? 1 : -1;
}

}  // namespace

std::string ThresholdRule::describe() const {
  if (rule == "f1") return "highest F1 on the validation folds";
  if (rule == "youden") return "highest sensitivity + specificity on the validation folds";
  if (rule == "sensitivity")
    return cat("highest threshold with a sensitivity of ", sensitivity, " on the validation folds");
  return "0.5 for every label";
}

double choose_threshold(const std::vector<double>& probability, const std::vector<bool>& reference,
                        const ThresholdRule& rule) {
  if (rule.rule == "fixed") return 0.5;
  const Ranking ranking(probability, reference);
  const auto positives = static_cast<double>(ranking.positives()),
             negatives = static_cast<double>(ranking.size()) - positives;
  // Merits that are equal but for rounding are equal.
  double best = -1, threshold = 0.5, hits = 0;
  for (std::size_t i = 0; i < ranking.size(); ++i) {
    hits += ranking.reference()[i];
    if (i + 1 < ranking.size() && ranking.probability()[i + 1] == ranking.probability()[i])
      continue;
    const double value = merit(rule, hits, static_cast<double>(i + 1) - hits, positives, negatives);
    if (value > best + 1e-12) best = value, threshold = ranking.probability()[i];
  }
  return threshold;
}

Thresholds choose_thresholds(const PredictionTable& validation, const ThresholdRule& rule) {
  Thresholds result;
  for (const auto& column : validation.columns)
    result[column.label] = choose_threshold(column.probability, column.reference, rule);
  return result;
}

double threshold_of(const Thresholds& thresholds, const std::string& label) {
  const auto found = thresholds.find(label);
  return found == thresholds.end() ? 0.5 : found->second;
}

}  // namespace ecg_lora::metrics
