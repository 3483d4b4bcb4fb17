// Filters that move nothing in time.
#pragma once

#include <vector>

namespace ecg_lora::features {

using Signal = std::vector<double>;

/// Butterworth high-pass and low-pass of second order, each run forwards and backwards over the
/// mirrored signal. Frequencies in Hz.
Signal band_pass(const Signal& signal, double low, double high, double sampling_rate);

/// Mean over `width` samples (made odd) around each; shorter at the ends.
Signal moving_mean(const Signal& signal, std::size_t width);

/// Median; 0 of nothing.
double median(Signal values);

}  // namespace ecg_lora::features
