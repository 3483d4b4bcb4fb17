#include "ecg_lora/train/logging/loss_spike_detector.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "spike_window.h"

namespace ecg_lora::train {
namespace {

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

std::optional<double> LossSpikeDetector::add(double loss, double factor) {
  if (!std::isfinite(loss)) return std::nullopt;
  std::optional<double> spike;
  if (factor > 0 && losses_.size() >= kLeastLosses) {
    std::vector<double> values(losses_.begin(), losses_.end());
    const double usual = median(values);
    for (auto& value : values) value = std::abs(value - usual);
    const double deviation = std::max(1.4826 * median(values), 0.05 * std::abs(usual));
    if (loss > usual + factor * deviation) spike = usual;
  }
  losses_.push_back(loss);
  if (losses_.size() > kSpikeWindow) losses_.pop_front();
  return spike;
}

}  // namespace ecg_lora::train
