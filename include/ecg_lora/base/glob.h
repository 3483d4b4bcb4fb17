// Globs over names.
#pragma once

#include <string_view>

namespace ecg_lora {

/// `*` matches any run of characters, dots included; everything else matches itself.
bool glob_match(std::string_view glob, std::string_view name);

}  // namespace ecg_lora
