// Where the leads of a page stand, in millimetres.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/page/render/page.h"

namespace ecg_lora::page {

/// A sheet, landscape. Ten seconds at 25 mm/s are 250 mm, with 20 mm to the left for the
/// calibration pulse.
struct Paper {
  const char* name;
  double width_mm, height_mm;
  double px_per_mm;          ///< own resolution
  double top_mm, bottom_mm;  ///< margins, for the header and the line below the leads
};
const Paper& paper_of(const PageConfig& config);

/// px/mm. Usage error for a resolution between 0 and 1.
double resolution(const PageConfig& config);

/// The bands of the twelve leads, then of the rhythm strips, in px. Leads run down the columns,
/// which show successive windows of ten seconds (five at 50 mm/s); the boxes are listed row by row.
/// Usage error for more than three strips.
std::vector<LeadBox> layout_leads(const PageConfig& config);

constexpr double kPulseMm = 10;  ///< from the left end of a pulse to the trace

/// Where calibration pulses stand: the left end and the baseline of each row, px.
struct Pulse {
  double x, baseline_y;
};
std::vector<Pulse> layout_pulses(const PageConfig& config);

}  // namespace ecg_lora::page
