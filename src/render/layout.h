// Where the leads of a page stand, in millimetres.
#pragma once

#include <vector>

#include "ecg_lora/render/page.h"

namespace ecg_lora::render {

/// Paper of 280 x 216 mm: ten seconds at 25 mm/s are 250 mm, with 20 mm for the calibration pulse and 10 mm of margin.
struct PaperSize {
  double width_mm = 280, height_mm = 216;
};

/// The bands of the 3x4 page with its rhythm strip, in px. Rows are I aVR V1 V4, II aVL V2 V5, III aVF V3 V6; columns show
/// successive quarters of ten seconds. At 50 mm/s a column shows half as long.
std::vector<LeadBox> layout_3x4(const PageConfig& config);

/// Where calibration pulses stand: the left end and the baseline of each row, px.
struct Pulse {
  double x, baseline_y;
};
std::vector<Pulse> layout_pulses(const PageConfig& config);

}  // namespace ecg_lora::render
