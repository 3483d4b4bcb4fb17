// Where the leads of a page stand.
#pragma once

#include <vector>

#include "ecg_lora/page/render/page.h"

namespace ecg_lora::page {

/// Pixels per millimetre: the config's, or its paper's own if that is 0. Usage error for a paper
/// that is none, and for a resolution that is neither 0 nor from 1 to 40.
double resolution(const PageConfig& config);

/// The boxes of the twelve leads row by row, then those of the rhythm strips, in px. Leads run down
/// the columns, which show successive windows of ten seconds (five at 50 mm/s); a strip shows all
/// of them. Usage error for more than three strips, and as resolution() has it.
std::vector<LeadBox> layout_leads(const PageConfig& config);

}  // namespace ecg_lora::page
