// The print at the top and the bottom of a page.
#pragma once

#include "ecg_lora/page/render/page.h"
#include "ink.h"

namespace ecg_lora::page {

/// Identity and measurements in the top margin, in columns; speed, gain and filter at the bottom,
/// or at the top if the paper has no room below. Letters shrink if a line would not fit.
void draw_header(Ink& ink, const PageHeader& header, const PageConfig& config);

}  // namespace ecg_lora::page
