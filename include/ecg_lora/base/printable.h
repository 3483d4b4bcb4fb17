// Text from files, made safe to show.
#pragma once

#include <string>
#include <string_view>

namespace ecg_lora {

/// `text` with every control character but newline and tab spelled out ("\x1b"), so that a file
/// name or a signal's name cannot steer the terminal. Covers C0, DEL and the C1 characters as UTF-8
/// encodes them; other bytes stay as they are.
std::string printable(std::string_view text);

}  // namespace ecg_lora
