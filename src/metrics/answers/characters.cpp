#include "characters.h"

namespace ecg_lora::metrics {

bool ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
std::pair<char32_t, std::size_t> code_point(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const auto lead = byte(i);
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  if (size == 1 || i + size > text.size()) return {lead, 1};
  char32_t value = lead & (0xff >> (size + 1));
  for (std::size_t k = 1; k < size; ++k) {
    if ((byte(i + k) & 0xc0) != 0x80) return {lead, 1};
    value = (value << 6) | (byte(i + k) & 0x3f);
  }
  return {value, size};
}

bool apostrophe(char32_t c) {
  return c == '\'' || c == 0x2019 || c == 0x2018 || c == 0x02bc || c == 0xb4 || c == 0x60;
}
bool dash(char32_t c) {
  return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212;
}
bool check_mark(char32_t c) {
  return (c >= 0x2610 && c <= 0x2612) || (c >= 0x2713 && c <= 0x2718) || c == 0x2705 ||
         c == 0x274c || c == 0x2b1c || c == 0x1f6ab || c == 0x1f5f8;
}
bool letter(char32_t c) {
  if (c < 0x80) return ascii_letter(static_cast<char>(c)) || (c >= '0' && c <= '9');
  const bool latin_mark =
      (c >= 0xa0 && c < 0xc0 && c != 0xaa && c != 0xb5 && c != 0xba) || c == 0xd7 || c == 0xf7;
  const bool symbol = (c >= 0x2000 && c < 0x2070) || (c >= 0x2190 && c < 0x2c00) ||
                      (c >= 0x3000 && c < 0x3040) || (c >= 0xfe00 && c < 0xfe10) || c >= 0x1f000;
  return !latin_mark && !symbol;
}

std::string lower(std::string_view text) {
  std::string word(text);
  for (auto at = word.find("ß"); at != word.npos; at = word.find("ß", at + 2))
    word.replace(at, 2, "ss");
  for (std::size_t i = 0; i < word.size(); ++i) {
    auto& c = word[i];
    const bool latin = i > 0 && word[i - 1] == '\xc3' && static_cast<unsigned char>(c) >= 0x80 &&
                       static_cast<unsigned char>(c) <= 0x9e;
    if ((c >= 'A' && c <= 'Z') || latin) c = static_cast<char>(c + 0x20);
  }
  return word;
}

}  // namespace ecg_lora::metrics
