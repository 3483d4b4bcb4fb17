// The sheets that pages are printed on.
#pragma once

#include "ecg_lora/page/render/page_config.h"

namespace ecg_lora::page {

/// A sheet, landscape. Ten seconds at 25 mm/s are 250 mm, with 20 mm to the left for the
/// calibration pulse.
struct PaperFormat {
  const char* name;
  double width_mm, height_mm;
  double px_per_mm;          ///< own resolution
  double top_mm, bottom_mm;  ///< margins, for the header and the line below the leads
};

/// That of page.paper. Usage error if it is none.
const PaperFormat& paper_format(const PageConfig& config);

}  // namespace ecg_lora::page
