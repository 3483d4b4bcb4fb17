// Warns of losses that stand out.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>

namespace ecg_lora::train {

/// The last losses; a median and a median absolute deviation, so that neither a slow fall nor an
/// earlier spike moves the bound much.
class LossSpikeDetector {
 public:
  static constexpr std::size_t kWindow = 64;  ///< losses that are compared with
  static constexpr std::size_t kFewest = 16;  ///< with fewer losses, nothing stands out

  /// Adds a loss; the median before it where it lies more than `factor` deviations above that.
  /// Deviations are 1.4826 MAD, the standard deviation of normal losses, and at least 5 % of the
  /// median, so that a flat run has none. `factor` 0 never warns; a loss that is not finite is not
  /// added.
  std::optional<double> add(double loss, double factor);

 private:
  std::deque<double> losses_;
};

}  // namespace ecg_lora::train
