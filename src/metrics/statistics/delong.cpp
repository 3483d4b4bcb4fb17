#include "ecg_lora/metrics/statistics/delong.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "ecg_lora/metrics/statistics/metrics.h"
#include "ecg_lora/metrics/statistics/normal.h"

namespace ecg_lora::metrics {
namespace {

const double kZ95 = normal_quantile(0.975);

/// Ranks from 1, level values sharing their mean.
std::vector<double> midranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    for (auto k = i; k < end; ++k) ranks[order[k]] = static_cast<double>(i + end + 1) / 2;
    i = end;
  }
  return ranks;
}

/// Share of the other class that each record is on the right side of. Both classes must occur.
std::vector<double> placements(const std::vector<double>& probability,
                               const std::vector<bool>& reference) {
  std::vector<double> of_class[2];
  for (std::size_t i = 0; i < reference.size(); ++i)
    of_class[reference[i]].push_back(probability[i]);
  const auto all = midranks(probability), negative = midranks(of_class[0]),
             positive = midranks(of_class[1]);
  std::vector<double> result;
  std::size_t next[2] = {0, 0};
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double own = reference[i] ? positive[next[1]++] : negative[next[0]++];
    const double share =
        (all[i] - own) / static_cast<double>(of_class[reference[i] ? 0 : 1].size());
    result.push_back(reference[i] ? share : 1 - share);
  }
  return result;
}

/// Components of one patient, less their mean: of the positives (v10) and of the negatives (v01).
struct Patient {
  double v10 = 0, v01 = 0;
  bool positive = false, negative = false;
};

/// Mean and variance of a contrast whose components are given, one a record.
struct Moments {
  double mean = 0, variance = 0;
};

std::optional<Moments> moments(const std::vector<double>& component,
                               const std::vector<bool>& reference,
                               const std::vector<std::size_t>& patient) {
  const auto m = static_cast<double>(std::count(reference.begin(), reference.end(), true)),
             n = static_cast<double>(reference.size()) - m;
  Moments result;
  for (std::size_t i = 0; i < reference.size(); ++i)
    if (reference[i]) result.mean += component[i] / m;
  std::map<std::size_t, Patient> patients;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    auto& one = patients[patient[i]];
    (reference[i] ? one.v10 : one.v01) += component[i] - result.mean;
    (reference[i] ? one.positive : one.negative) = true;
  }
  double s10 = 0, s01 = 0, s11 = 0, i10 = 0, i01 = 0;
  for (const auto& [id, one] : patients)
    s10 += one.v10 * one.v10, s01 += one.v01 * one.v01, s11 += one.v10 * one.v01,
        i10 += one.positive, i01 += one.negative;
  if (i10 < 2 || i01 < 2) return std::nullopt;
  const auto count = static_cast<double>(patients.size());
  s10 *= i10 / ((i10 - 1) * m), s01 *= i01 / ((i01 - 1) * n), s11 *= count / (count - 1);
  result.variance = std::max(0.0, s10 / m + s01 / n + 2 * s11 / (m * n));
  return result;
}

}  // namespace

std::optional<Delong> delong(const std::vector<double>& probability,
                             const std::vector<bool>& reference,
                             const std::vector<std::size_t>& patient) {
  if (!both_classes(reference)) return std::nullopt;
  const auto found = moments(placements(probability, reference), reference, patient);
  if (!found) return std::nullopt;
  const double deviation = std::sqrt(found->variance);
  return Delong{found->mean, deviation, std::max(0.0, found->mean - kZ95 * deviation),
                std::min(1.0, found->mean + kZ95 * deviation)};
}

std::optional<DelongDifference> delong_difference(const std::vector<double>& first,
                                                  const std::vector<double>& second,
                                                  const std::vector<bool>& reference,
                                                  const std::vector<std::size_t>& patient) {
  if (!both_classes(reference)) return std::nullopt;
  auto contrast = placements(second, reference);
  const auto other = placements(first, reference);
  for (std::size_t i = 0; i < contrast.size(); ++i) contrast[i] -= other[i];
  const auto found = moments(contrast, reference, patient);
  if (!found) return std::nullopt;
  const double deviation = std::sqrt(found->variance);
  DelongDifference result{found->mean, deviation, found->mean - kZ95 * deviation,
                          found->mean + kZ95 * deviation, 1};
  if (deviation > 0) {
    result.p = std::erfc(std::abs(found->mean) / deviation / std::sqrt(2.0));
  } else if (found->mean != 0) {
    result.p = 0;
  }
  return result;
}

std::vector<double> holm(const std::vector<double>& p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> adjusted(p.size());
  double running = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    running = std::max(running, std::min(1.0, static_cast<double>(p.size() - k) * p[order[k]]));
    adjusted[order[k]] = running;
  }
  return adjusted;
}

std::vector<std::optional<double>> holm_of_tested(const std::vector<std::optional<double>>& p) {
  std::vector<double> tested;
  for (const auto& one : p)
    if (one) tested.push_back(*one);
  const auto adjusted = holm(tested);
  auto next = adjusted.begin();
  std::vector<std::optional<double>> result;
  for (const auto& one : p) result.push_back(one ? std::optional(*next++) : std::nullopt);
  return result;
}

}  // namespace ecg_lora::metrics
