// 95 % intervals of a statistic from its values without one group of patients each: the jackknife,
// which needs no resample in which a rare label could be missing.
#pragma once

#include <optional>
#include <utility>
#include <vector>

namespace ecg_lora::metrics {

using Interval = std::pair<double, double>;

/// What the values without each group say about the value of all.
///
/// With G groups, value v, values v_g without group g and their mean m, and the influences
/// u_g = (G - 1) / G x (m - v_g):
struct Jackknife {
  double deviation = 0;  ///< standard error: sqrt(G / (G - 1) x sum of u^2) (Tukey 1958)
  double bias = 0;       ///< (G - 1) x (m - v) (Quenouille 1956)
  /// Degrees of freedom of the deviation by Satterthwaite (1946): 2 (mean of the variance)^2 over
  /// the variance of the variance, 2 (sum u^2)^2 / (sum u^4 - (sum u^2)^2 / G), at least 1 and at
  /// most G - 1. Few where few patients decide, as those with a rare label.
  double freedom = 1;
  double acceleration = 0;  ///< of BCa: sum u^3 / (6 (sum u^2)^1.5) (Efron 1987)

  /// Half the width of a 95 % interval on the statistic's own scale: Student's quantile x
  /// deviation.
  double half_width() const;
};

/// Nothing with fewer than two groups, where a value is NaN (a group without which the statistic is
/// undefined says nothing about its error), or where all are equal.
std::optional<Jackknife> jackknife(double value, const std::vector<double>& without);

/// (G - 1) x (mean of `without` - value): what the bias of `value` is if it falls as 1 / patients.
double bias(double value, const std::vector<double>& without);

/// For a statistic from 0 to `highest`: on the logit scale, about the value less its bias, extended
/// to the value where the bias leaves that outside. Nothing where the value is 0 or `highest`.
/// The value less its bias is kept within three quarters of the way to either end.
std::optional<Interval> jackknife_interval(double value, const Jackknife& jackknife,
                                           double highest = 1);

/// Bias-corrected and accelerated (Efron 1987): bias from the share of `resampled` below `value`
/// (equals count half), acceleration of the jackknife; the levels are those of Student's quantile
/// and of the jackknife's deviation in place of the resamples' (Hesterberg 2015, who calls that
/// expanded). Nothing where the bias exceeds a quarter of the deviation, or the levels do not span
/// the value.
std::optional<Interval> bca_interval(double value, std::vector<double> resampled,
                                     const Jackknife& jackknife);

/// numpy's default quantile: linear between order statistics. `values` is not empty; it is sorted.
double quantile(std::vector<double>& values, double q);

}  // namespace ecg_lora::metrics
