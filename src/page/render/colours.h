// Colours of the paper.
#pragma once

#include <array>
#include <cstdint>

#include "ecg_lora/page/render/page_config.h"

namespace ecg_lora::page {

using Rgb = std::array<std::uint8_t, 3>;

struct Colours {
  const char* name;
  Rgb light, heavy;           ///< grid lines of one and of five millimetres
  double light_mm, heavy_mm;  ///< their width; a line thinner than a pixel is drawn paler
};
/// Those of page.colours. Usage error for a name that is none.
const Colours& colours_of(const PageConfig& config);

}  // namespace ecg_lora::page
