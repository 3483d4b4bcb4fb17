#include "ecg_lora/base/printable.h"

namespace ecg_lora {

std::string printable(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string shown;
  shown.reserve(text.size());
  const auto spell = [&](unsigned char byte) {
    shown += "\\x";
    shown += digits[byte >> 4];
    shown += digits[byte & 15];
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f) {
      spell(byte);
    } else if (byte == 0xc2 && next >= 0x80 && next < 0xa0) {
      spell(next);
      ++i;
    } else {
      shown += text[i];
    }
  }
  return shown;
}

}  // namespace ecg_lora
