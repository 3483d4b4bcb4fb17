#include "byte_level.h"

#include <array>
#include <cstdint>

#include "ecg_lora/base/error.h"

namespace ecg_lora::text {
namespace {

struct Table {
  std::array<char32_t, 256> stand_in;
  std::array<int, 512> byte;  ///< of a code point; -1 for none

  Table() {
    byte.fill(-1);
    char32_t extra = 256;
    for (int value = 0; value < 256; ++value) {
      const bool printable =
          (value >= '!' && value <= '~') || (value >= 0xa1 && value <= 0xac) || value >= 0xae;
      const auto point = printable ? static_cast<char32_t>(value) : extra++;
      stand_in[static_cast<std::size_t>(value)] = point;
      byte[point] = value;
    }
  }
};

const Table& table() {
  static const Table kResult;
  return kResult;
}

}  // namespace

std::string from_stand_ins(const std::string& token, const std::string& origin) {
  std::string bytes;
  for (std::size_t i = 0; i < token.size();) {
    const auto lead = static_cast<unsigned char>(token[i]);
    const std::size_t length = lead < 0x80 ? 1 : 2;  // no stand-in lies above U+0143
    char32_t point = lead < 0x80 ? lead : lead & 0x1f;
    if (length == 2 && i + 1 < token.size())
      point = point << 6 | (static_cast<unsigned char>(token[i + 1]) & 0x3f);
    const int byte = lead < 0xe0 && point < table().byte.size() ? table().byte[point] : -1;
    if (byte < 0)
      throw_checkpoint(origin, " has the token '", token,
                       "', which is not written in byte-level characters; use the checkpoint's own "
                       "tokenizer.json");
    bytes += static_cast<char>(byte);
    i += length;
  }
  return bytes;
}

std::string to_stand_ins(std::string_view bytes) {
  std::string token;
  for (const char c : bytes) {
    const auto point = table().stand_in[static_cast<unsigned char>(c)];
    if (point < 0x80) {
      token += static_cast<char>(point);
    } else {
      token += static_cast<char>(0xc0 | point >> 6);
      token += static_cast<char>(0x80 | (point & 0x3f));
    }
  }
  return token;
}

}  // namespace ecg_lora::text
