// Student's t distribution, for any degrees of freedom.
#pragma once

namespace ecg_lora::metrics {

/// P(T > t) for t >= 0 and freedom >= 1: half of the regularised incomplete beta function
/// I(freedom / (freedom + t^2); freedom / 2, 1 / 2), by its continued fraction (Abramowitz & Stegun
/// 26.5.8, 26.7.1). To 1e-13 of its value up to a million degrees of freedom.
double student_tail(double t, double freedom);

/// t with student_tail(t, freedom) = tail, for tail in (0, 0.5).
double student_quantile(double tail, double freedom);

}  // namespace ecg_lora::metrics
