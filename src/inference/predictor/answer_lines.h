// The line of a page that has no answer.
#pragma once

#include <string>

#include "ecg_lora/data/loader/page_maker.h"

namespace ecg_lora::inference {

/// JSON that says why.
std::string error_line(const data::PageRef& page, const std::string& error);

}  // namespace ecg_lora::inference
