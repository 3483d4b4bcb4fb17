#include "ecg_lora/metrics/labels/calibration.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "ecg_lora/metrics/statistics/metrics.h"
#include "ecg_lora/metrics/statistics/normal.h"

namespace ecg_lora::metrics {
namespace {

constexpr double kEdge = 1e-12;

double inside(double probability) {
  return std::clamp(probability, kEdge, 1 - kEdge);
}
double sigmoid(double x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}
/// log(1 + e^x) without overflow.
double softplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

std::vector<double> logits(const std::vector<double>& probability) {
  std::vector<double> result;
  for (const double p : probability) result.push_back(logit(p));
  return result;
}

double loss(const std::vector<double>& x, const std::vector<double>& target, const Calibration& c) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    sum += softplus(c.slope * x[i] + c.offset) - target[i] * (c.slope * x[i] + c.offset);
  return sum;
}

/// Newton's step of the log loss, halved until the loss falls; false where it no longer moves.
bool newton_step(const std::vector<double>& x, const std::vector<double>& target, Calibration& c) {
  double ga = 0, gb = 0, haa = 1e-12, hab = 0, hbb = 1e-12;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double p = sigmoid(c.slope * x[i] + c.offset), w = p * (1 - p), g = p - target[i];
    ga += g * x[i], gb += g, haa += w * x[i] * x[i], hab += w * x[i], hbb += w;
  }
  const double determinant = haa * hbb - hab * hab;
  const double da = (hbb * ga - hab * gb) / determinant, db = (haa * gb - hab * ga) / determinant;
  const double before = loss(x, target, c);
  for (double step = 1; step > 1e-10; step /= 2) {
    const Calibration next{c.slope - step * da, c.offset - step * db};
    if (!(loss(x, target, next) <= before)) continue;
    const bool moved = std::abs(next.slope - c.slope) + std::abs(next.offset - c.offset) >
                       1e-13 * (1 + std::abs(c.slope) + std::abs(c.offset));
    c = next;
    return moved;
  }
  return false;
}

/// Slope of the log loss along the slope of the calibration; rising, as the loss is convex.
double loss_slope(const std::vector<double>& x, const std::vector<bool>& reference, double slope) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    sum += (sigmoid(slope * x[i]) - (reference[i] ? 1 : 0)) * x[i];
  return sum;
}

std::vector<double> applied(const Calibration& c, const std::vector<double>& probability) {
  std::vector<double> result;
  for (const double p : probability) result.push_back(c.apply(p));
  return result;
}

}  // namespace

double logit(double probability) {
  return std::log(inside(probability)) - std::log1p(-inside(probability));
}

double Calibration::apply(double probability) const {
  return slope == 1 && offset == 0 ? probability : sigmoid(slope * logit(probability) + offset);
}

Calibration fit_temperature(const std::vector<double>& probability,
                            const std::vector<bool>& reference) {
  if (!both_classes(reference)) return {};
  const auto x = logits(probability);
  double low = 0.01, high = 100;
  if (loss_slope(x, reference, low) >= 0) return {low, 0};
  if (loss_slope(x, reference, high) <= 0) return {high, 0};
  for (int i = 0; i < 200 && high - low > 1e-15 * high; ++i) {
    const double middle = (low + high) / 2;
    (loss_slope(x, reference, middle) < 0 ? low : high) = middle;
  }
  return {(low + high) / 2, 0};
}

Calibration fit_platt(const std::vector<double>& probability, const std::vector<bool>& reference) {
  if (!both_classes(reference)) return {};
  const auto positives = static_cast<double>(std::count(reference.begin(), reference.end(), true)),
             negatives = static_cast<double>(reference.size()) - positives;
  std::vector<double> target;
  for (const bool positive : reference)
    target.push_back(positive ? (positives + 1) / (positives + 2) : 1 / (negatives + 2));
  const auto x = logits(probability);
  Calibration c{
      0, std::log((positives + 1) /
                  (negatives + 1))};  // the start of Lin, Lin and Weng 2007: no saturated term
  for (int iteration = 0; iteration < 200 && newton_step(x, target, c); ++iteration) {
  }
  return c;
}

CalibrationScores calibration_scores(const std::vector<double>& probability,
                                     const std::vector<bool>& reference) {
  const auto values = values_of(Ranking(probability, reference).sums(0.5));
  double sum = 0;
  for (std::size_t i = 0; i < reference.size(); ++i)
    sum -= reference[i] ? std::log(inside(probability[i])) : std::log1p(-inside(probability[i]));
  return {values[Metric::brier].value_or(0), values[Metric::calibration_error].value_or(0),
          reference.empty() ? 0 : sum / static_cast<double>(reference.size())};
}

std::vector<LabelCalibration> calibrate(const PredictionTable& validation,
                                        const PredictionTable& test) {
  std::map<std::string, const LabelColumn*> fitting;
  for (const auto& column : validation.columns) fitting[column.label] = &column;
  std::vector<LabelCalibration> result;
  for (const auto& column : test.columns) {
    if (!both_classes(column.reference)) continue;
    LabelCalibration line;
    line.label = column.label;
    if (const auto found = fitting.find(column.label);
        found != fitting.end() && both_classes(found->second->reference)) {
      line.fitted_on = static_cast<std::int64_t>(found->second->reference.size());
      line.temperature = fit_temperature(found->second->probability, found->second->reference);
      line.platt = fit_platt(found->second->probability, found->second->reference);
    }
    line.raw = calibration_scores(column.probability, column.reference);
    line.with_temperature =
        calibration_scores(applied(line.temperature, column.probability), column.reference);
    line.with_platt = calibration_scores(applied(line.platt, column.probability), column.reference);
    result.push_back(line);
  }
  return result;
}

std::vector<ReliabilityBin> reliability(const std::vector<double>& probability,
                                        const std::vector<bool>& reference) {
  std::vector<ReliabilityBin> bins(kCalibrationBins);
  for (int b = 0; b < kCalibrationBins; ++b)
    bins[static_cast<std::size_t>(b)].low = b / 10.0,
    bins[static_cast<std::size_t>(b)].high = (b + 1) / 10.0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    auto& bin = bins[static_cast<std::size_t>(calibration_bin(probability[i]))];
    ++bin.count;
    bin.positives += reference[i];
    bin.mean_probability += probability[i];
  }
  const double z = normal_quantile(0.975);
  for (auto& bin : bins) {
    if (bin.count == 0) continue;
    const auto n = static_cast<double>(bin.count);
    bin.mean_probability /= n;
    bin.share = static_cast<double>(bin.positives) / n;
    const double centre = (bin.share + z * z / (2 * n)) / (1 + z * z / n);
    const double half =
        z / (1 + z * z / n) * std::sqrt(bin.share * (1 - bin.share) / n + z * z / (4 * n * n));
    bin.share_low = std::max(0.0, centre - half), bin.share_high = std::min(1.0, centre + half);
  }
  return bins;
}

}  // namespace ecg_lora::metrics
