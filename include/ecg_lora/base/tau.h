#pragma once

#include <numbers>

namespace ecg_lora {

constexpr double kTau = 2 * std::numbers::pi;  ///< a full turn, radians

}  // namespace ecg_lora
