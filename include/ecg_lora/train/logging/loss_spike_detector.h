// Warns of losses that stand out.
#pragma once

#include <deque>
#include <optional>

namespace ecg_lora::train {

/// The last losses; a median and a median absolute deviation, so that neither a slow fall nor an
/// earlier spike moves the bound much.
class LossSpikeDetector {
 public:
  /// Adds a loss. Returns the median of the losses before it if it lies more than `factor`
  /// deviations above that, else nothing. A deviation is 1.4826 MAD (median absolute deviation),
  /// the standard deviation of normally distributed losses, and at least 5 % of the median, so that
  /// a flat run has no spikes. Never if `factor` is 0 or losses are few. A loss that is not finite
  /// is not added.
  std::optional<double> add(double loss, double factor);

 private:
  std::deque<double> losses_;
};

}  // namespace ecg_lora::train
