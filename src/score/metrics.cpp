#include "ecg_lora/score/metrics.h"

#include <algorithm>
#include <numeric>

namespace ecg_lora::score {

Ranking::Ranking(const std::vector<double>& probability, const std::vector<bool>& truth) : order_(probability.size()) {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return probability[a] > probability[b]; });
  for (const auto record : order_) {
    probability_.push_back(probability[record]);
    truth_.push_back(truth[record]);
    positives_ += truth[record];
  }
}

template <class Step>
void Ranking::walk(const std::vector<int>* weight, Step step) const {
  for (std::size_t i = 0; i < order_.size();) {
    std::int64_t positive = 0, negative = 0;
    const double level = probability_[i];
    for (; i < order_.size() && probability_[i] == level; ++i) (truth_[i] ? positive : negative) += weight ? (*weight)[order_[i]] : 1;
    if (positive + negative > 0) step(positive, negative);
  }
}

std::optional<double> Ranking::auroc(const std::vector<int>* weight) const {
  // Each negative adds the positives above it, and half of those level with it.
  std::int64_t positives = 0, negatives = 0;
  double wins = 0;
  walk(weight, [&](std::int64_t positive, std::int64_t negative) {
    wins += static_cast<double>(negative) * (static_cast<double>(positives) + static_cast<double>(positive) / 2);
    positives += positive;
    negatives += negative;
  });
  if (positives == 0 || negatives == 0) return std::nullopt;
  return wins / (static_cast<double>(positives) * static_cast<double>(negatives));
}

std::optional<double> Ranking::average_precision(const std::vector<int>* weight) const {
  std::int64_t positives = 0, predicted = 0;
  double sum = 0;
  walk(weight, [&](std::int64_t positive, std::int64_t negative) {
    positives += positive;
    predicted += positive + negative;
    sum += static_cast<double>(positive) * static_cast<double>(positives) / static_cast<double>(predicted);
  });
  if (positives == 0) return std::nullopt;
  return sum / static_cast<double>(positives);
}

double Confusion::f1() const {
  const auto denominator = 2 * true_positive + false_positive + false_negative;
  return denominator == 0 ? 0 : 2.0 * static_cast<double>(true_positive) / static_cast<double>(denominator);
}

Confusion confusion(const std::vector<double>& probability, const std::vector<bool>& truth, double threshold, const std::vector<int>* weight) {
  Confusion counts;
  for (std::size_t i = 0; i < probability.size(); ++i) {
    const bool predicted = probability[i] >= threshold;
    auto& cell = truth[i] ? (predicted ? counts.true_positive : counts.false_negative) : (predicted ? counts.false_positive : counts.true_negative);
    cell += weight ? (*weight)[i] : 1;
  }
  return counts;
}

double brier(const std::vector<double>& probability, const std::vector<bool>& truth, const std::vector<int>* weight) {
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < probability.size(); ++i) {
    const double error = probability[i] - (truth[i] ? 1.0 : 0.0), w = weight ? (*weight)[i] : 1;
    sum += w * error * error;
    count += w;
  }
  return count > 0 ? sum / count : 0;
}

double best_f1_threshold(const std::vector<double>& probability, const std::vector<bool>& truth) {
  std::vector<std::size_t> order(probability.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return probability[a] > probability[b]; });
  const auto positives = std::count(truth.begin(), truth.end(), true);
  double best = 0, threshold = 0.5;
  std::int64_t hits = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    hits += truth[order[i]];
    if (i + 1 < order.size() && probability[order[i + 1]] == probability[order[i]]) continue;
    const double f1 = 2.0 * static_cast<double>(hits) / static_cast<double>(i + 1 + static_cast<std::size_t>(positives));
    if (f1 > best) best = f1, threshold = probability[order[i]];
  }
  return threshold;
}

}  // namespace ecg_lora::score
