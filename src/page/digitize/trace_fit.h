// From ink to the trace that left it.
#pragma once

#include "ink_columns.h"

namespace ecg_lora::page {

/// y of a trace at the middle of each column of ink, px; NaN if there is no run. `runs[0]` is of
/// column `first` of the page. Ink before `runs[seen]` is not looked at: there another lead ends.
std::vector<double> fit_trace(const InkMap& ink, int first, const std::vector<InkRun>& runs,
                              std::size_t seen);

}  // namespace ecg_lora::page
