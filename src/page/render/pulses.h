// Where calibration pulses stand.
#pragma once

#include <vector>

#include "ecg_lora/page/render/page_config.h"

namespace ecg_lora::page {

constexpr double kPulseMm = 10;  ///< from the left end of a pulse to the trace

/// The left end and the baseline of a row's pulse, px.
struct CalibrationPulse {
  double x, baseline_y;
};

/// One for each row, rhythm strips included. Usage errors as those of layout_leads().
std::vector<CalibrationPulse> layout_pulses(const PageConfig& config);

}  // namespace ecg_lora::page
