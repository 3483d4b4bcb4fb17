// The full turn of waves and angles.
#pragma once

#include <numbers>

namespace ecg_lora {

/// 360 degrees in radians.
inline constexpr double kTwoPi = 2 * std::numbers::pi;

}  // namespace ecg_lora
