// The printable characters that stand for bytes in byte-level tokenizer files, as GPT-2 has them.
#pragma once

#include <string>
#include <string_view>

namespace ecg_lora::text {

/// "Ġthe" to " the". Checkpoint error that names `origin` for other characters.
std::string from_stand_ins(const std::string& token, const std::string& origin);
/// " the" to "Ġthe".
std::string to_stand_ins(std::string_view bytes);

}  // namespace ecg_lora::text
