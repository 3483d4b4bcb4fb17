// How large lines and letters are printed.
#pragma once

#include <string>

namespace ecg_lora::page {

/// Width of every line of ink, mm.
inline constexpr double kStrokeMm = 0.3;

/// Width of `text` as a page shows it, px; `size` 1 is letters 2.2 mm tall.
double text_width(const std::string& text, double px_per_mm, double size = 1);

}  // namespace ecg_lora::page
