#include "ecg_lora/metrics/statistics/metrics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ecg_lora::metrics {
namespace {

std::optional<double> ratio(double part, double whole) {
  if (whole == 0) return std::nullopt;
  return part / whole;
}

}  // namespace

bool both_classes(const std::vector<bool>& reference) {
  return std::find(reference.begin(), reference.end(), true) != reference.end() &&
         std::find(reference.begin(), reference.end(), false) != reference.end();
}

int calibration_bin(double probability) {
  return std::min(static_cast<int>(probability * kCalibrationBins), kCalibrationBins - 1);
}

Ranking::Ranking(const std::vector<double>& probability, const std::vector<bool>& reference,
                 const std::vector<std::size_t>& slot) {
  std::vector<std::size_t> order(probability.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return probability[a] > probability[b]; });
  for (const auto record : order) {
    slot_.push_back(static_cast<std::uint32_t>(slot.empty() ? record : slot[record]));
    probability_.push_back(probability[record]);
    reference_.push_back(reference[record]);
    error_.push_back(probability[record] - (reference[record] ? 1.0 : 0.0));
    bin_.push_back(static_cast<signed char>(calibration_bin(probability[record])));
    positives_ += reference[record];
  }
}

template <class Weight>
Sums Ranking::pass(double threshold, Weight weight) const {
  Sums s;
  double gap = 0;
  signed char bin = -1;
  for (std::size_t i = 0; i < slot_.size();) {
    const double level = probability_[i];
    if (bin_[i] != bin) s.gap += std::abs(gap), gap = 0, bin = bin_[i];
    double positive = 0, negative = 0;
    for (; i < slot_.size() && probability_[i] == level; ++i) {
      const double w = weight(slot_[i]);
      (reference_[i] ? positive : negative) += w;
      s.squared_error += w * error_[i] * error_[i];
      gap += w * error_[i];
    }
    if (positive + negative == 0) continue;
    // Each negative adds the positives above it, and half of those level with it.
    s.wins += negative * (s.positives + positive / 2);
    s.positives += positive;
    s.negatives += negative;
    if (positive > 0) s.precision_sum += positive * s.positives / (s.positives + s.negatives);
    if (level >= threshold) s.at_threshold = {s.positives, s.negatives, 0, 0};
  }
  s.gap += std::abs(gap);
  s.at_threshold.false_negative = s.positives - s.at_threshold.true_positive;
  s.at_threshold.true_negative = s.negatives - s.at_threshold.false_positive;
  return s;
}

Sums Ranking::sums(double threshold, const std::vector<double>* weight) const {
  if (!weight) return pass(threshold, [](std::uint32_t) { return 1.0; });
  return pass(threshold, [w = weight->data()](std::uint32_t slot) { return w[slot]; });
}

Values values_of(const Sums& s) {
  Values v;
  const auto& c = s.at_threshold;
  const double count = s.positives + s.negatives;
  if (s.positives > 0 && s.negatives > 0) v[Metric::auroc] = s.wins / (s.positives * s.negatives);
  if (s.positives > 0) {
    v[Metric::average_precision] = s.precision_sum / s.positives;
    v[Metric::f1] = c.f1();
    v[Metric::precision] = ratio(c.true_positive, c.true_positive + c.false_positive).value_or(0);
  }
  if (count > 0)
    v[Metric::brier] = s.squared_error / count, v[Metric::calibration_error] = s.gap / count;
  v[Metric::sensitivity] = ratio(c.true_positive, s.positives);
  v[Metric::specificity] = ratio(c.true_negative, s.negatives);
  if (v[Metric::sensitivity] && v[Metric::specificity])
    v[Metric::balanced_accuracy] = (*v[Metric::sensitivity] + *v[Metric::specificity]) / 2;
  return v;
}

double Confusion::f1() const {
  return ratio(2 * true_positive, 2 * true_positive + false_positive + false_negative).value_or(0);
}

Confusion& Confusion::operator+=(const Confusion& other) {
  true_positive += other.true_positive, false_positive += other.false_positive;
  false_negative += other.false_negative, true_negative += other.true_negative;
  return *this;
}

}  // namespace ecg_lora::metrics
