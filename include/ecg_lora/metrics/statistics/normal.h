// The standard normal distribution.
#pragma once

namespace ecg_lora::metrics {

/// P(Z <= x).
double normal_cdf(double x);
/// x with normal_cdf(x) = p, for p in (0, 1), to 1e-15: Acklam's rational approximation (2003) and
/// two of Halley's steps.
double normal_quantile(double p);

}  // namespace ecg_lora::metrics
