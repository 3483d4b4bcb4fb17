// Paper before anything is printed on it.
#pragma once

#include "ecg_lora/page/render/page.h"

namespace ecg_lora::page {

/// The grid of a config. Drawn once for each size, resolution and colour; thread-safe.
Image bare_paper(const PageConfig& config);

}  // namespace ecg_lora::page
