// Paper before anything is printed on it.
#pragma once

#include "ecg_lora/page/render/image.h"
#include "ecg_lora/page/render/page_config.h"

namespace ecg_lora::page {

/// The sheet of `config` with its grid, and nothing else: a function of its paper, resolution and
/// colours. The last ones asked for are kept and copied. Thread-safe. Usage error as resolution()
/// has it, and for colours that are none.
Image bare_paper(const PageConfig& config);

}  // namespace ecg_lora::page
