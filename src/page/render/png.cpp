// PNG (RFC 2083) with deflate (RFC 1951) in one block of fixed codes. zlib looks for repetitions
// byte by byte and takes 85 ms for a page of 2200 x 1700 px; a page is drawn from few colours in
// rows that mostly equal the row above, so this looks there, at the distance of the last
// repetition, at the pixel to the left, and where the same two pixels last began a token.
#include "png.h"

#include <array>
#include <bit>
#include <cstring>
#include <vector>

namespace ecg_lora::page {
namespace {

constexpr std::size_t kLongest = 258, kLongestDistance = 32768, kShortest = 4;

/// Bits, least significant first, as deflate packs them.
class Bits {
 public:
  void put(std::uint32_t value, int count) {
    buffer_ |= static_cast<std::uint64_t>(value) << count_;
    for (count_ += count; count_ >= 8; count_ -= 8, buffer_ >>= 8)
      bytes_.push_back(static_cast<char>(buffer_ & 255));
  }
  std::string take() {
    if (count_ > 0) put(0, 8 - count_);
    return std::move(bytes_);
  }
  std::size_t size() const { return bytes_.size(); }

 private:
  std::string bytes_;
  std::uint64_t buffer_ = 0;
  int count_ = 0;
};

std::uint32_t reversed(std::uint32_t code, int length) {
  std::uint32_t result = 0;
  for (int i = 0; i < length; ++i) result |= ((code >> i) & 1U) << (length - 1 - i);
  return result;
}

struct Code {
  std::uint32_t bits = 0;
  int length = 0;
};

/// Fixed codes of literals, with the extra bits of match lengths already behind them.
struct Codes {
  std::array<Code, 256> literals;
  std::array<Code, kLongest + 1> lengths;
  Code end{0, 7};

  static Code fixed(std::uint32_t symbol) {
    if (symbol < 144) return {reversed(0x30 + symbol, 8), 8};
    if (symbol < 256) return {reversed(0x190 + symbol - 144, 9), 9};
    if (symbol < 280) return {reversed(symbol - 256, 7), 7};
    return {reversed(0xc0 + symbol - 280, 8), 8};
  }
  Codes() {
    for (std::uint32_t i = 0; i < 256; ++i) literals[i] = fixed(i);
    for (std::uint32_t length = 3; length < kLongest; ++length) {
      // Four codes for each number of extra bits, from code 265 (length 11, one bit) on.
      const std::uint32_t value = length - 3;
      const int extra = value < 8 ? 0 : std::bit_width(value) - 3;
      const auto symbol = 257 + (value >> extra) + 4 * static_cast<std::uint32_t>(extra);
      auto code = fixed(symbol);
      code.bits |= (value & ((1U << extra) - 1)) << code.length;
      code.length += extra;
      lengths[length] = code;
    }
    lengths[kLongest] = fixed(285);
  }
};

void put_distance(Bits& bits, std::size_t distance) {
  const auto value = static_cast<std::uint32_t>(distance - 1);
  const int extra = value < 4 ? 0 : std::bit_width(value) - 2;
  const auto symbol = (value >> extra) + 2 * static_cast<std::uint32_t>(extra);
  bits.put(reversed(symbol, 5), 5);
  bits.put(value & ((1U << extra) - 1), extra);
}

std::uint64_t eight(const std::uint8_t* bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes, 8);
  return value;
}

/// How many bytes at `at` equal those `distance` before, up to `limit`.
std::size_t match(const std::uint8_t* at, std::size_t distance, std::size_t limit) {
  std::size_t length = 0;
  for (; length + 8 <= limit; length += 8) {
    const auto differ = eight(at + length) ^ eight(at + length - distance);
    if (differ == 0) continue;
    if constexpr (std::endian::native == std::endian::little)
      return length + static_cast<std::size_t>(std::countr_zero(differ)) / 8;
    break;
  }
  while (length < limit && at[length] == at[length - distance]) ++length;
  return length;
}

/// The best repetition at each place of a stream of rows.
class Finder {
 public:
  Finder(const std::vector<std::uint8_t>& stream, std::size_t stride)
      : stream_(stream), stride_(stride), places_(1 << 14, 0) {}

  struct Found {
    std::size_t length = 0, distance = 0;
  };
  Found at(std::size_t place) {
    const auto limit = std::min(kLongest, stream_.size() - place);
    Found best;
    const auto look = [&](std::size_t distance) {
      if (best.length == limit || distance == 0 || distance > place || distance > kLongestDistance)
        return;
      if (const auto length = match(&stream_[place], distance, limit); length > best.length)
        best = {length, distance};
    };
    look(last_);
    look(stride_);
    look(3);
    if (place + 8 <= stream_.size()) {
      // Place 0 stands for none; it is in the table only as itself.
      auto& slot = places_[static_cast<std::size_t>(
          ((eight(&stream_[place]) << 16) * 0x9e3779b97f4a7c15U) >> 50)];
      if (slot != 0) look(place - slot);
      slot = place;
    }
    if (best.length < kShortest) return {};
    last_ = best.distance;
    return best;
  }

 private:
  const std::vector<std::uint8_t>& stream_;
  std::size_t stride_, last_ = 0;
  std::vector<std::size_t> places_;
};

std::uint32_t adler32(const std::vector<std::uint8_t>& bytes) {
  std::uint32_t a = 1, b = 0;
  for (std::size_t i = 0; i < bytes.size();) {
    for (const auto end = std::min(bytes.size(), i + 5552); i < end; ++i)
      b += a += bytes[i];  // 5552 sums fit 32 bits
    a %= 65521, b %= 65521;
  }
  return b << 16 | a;
}

std::string big_endian(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
          static_cast<char>(value >> 8), static_cast<char>(value)};
}

std::uint32_t crc32(const std::string& bytes) {
  static const auto kTable = [] {
    std::array<std::uint32_t, 256> result{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      result[i] = i;
      for (int bit = 0; bit < 8; ++bit)
        result[i] = (result[i] >> 1) ^ ((result[i] & 1U) * 0xedb88320U);
    }
    return result;
  }();
  std::uint32_t crc = 0xffffffff;
  for (const char c : bytes) crc = (crc >> 8) ^ kTable[(crc ^ static_cast<std::uint8_t>(c)) & 255U];
  return ~crc;
}

std::string chunk(const std::string& type, const std::string& data) {
  return big_endian(static_cast<std::uint32_t>(data.size())) + type + data +
         big_endian(crc32(type + data));
}

/// Rows as PNG has them: a zero (no filter), then the pixels.
std::vector<std::uint8_t> unfiltered(const Image& image) {
  const auto row = static_cast<std::size_t>(image.width) * 3;
  std::vector<std::uint8_t> stream((row + 1) * static_cast<std::size_t>(image.height));
  for (std::size_t y = 0; y < static_cast<std::size_t>(image.height); ++y)
    std::memcpy(&stream[y * (row + 1) + 1], &image.rgb[y * row], row);
  return stream;
}

/// Nothing if the stream shrinks to less than a third only.
std::optional<std::string> deflate(const std::vector<std::uint8_t>& stream, std::size_t stride) {
  static const Codes kCodes;
  Bits bits;
  bits.put(0x0178, 16);  // zlib's header: 32 KiB window, fastest
  bits.put(3, 3);        // the only block, fixed codes
  Finder finder(stream, stride);
  for (std::size_t place = 0; place < stream.size();) {
    const auto found = finder.at(place);
    if (found.length == 0) {
      const auto& code = kCodes.literals[stream[place++]];
      bits.put(code.bits, code.length);
    } else {
      bits.put(kCodes.lengths[found.length].bits, kCodes.lengths[found.length].length);
      put_distance(bits, found.distance);
      place += found.length;
    }
    if (bits.size() > 65536 + place / 3) return std::nullopt;
  }
  bits.put(kCodes.end.bits, kCodes.end.length);
  return bits.take() + big_endian(adler32(stream));
}

}  // namespace

std::optional<std::string> encode_flat_png(const Image& image) {
  const auto data = deflate(unfiltered(image), static_cast<std::size_t>(image.width) * 3 + 1);
  if (!data) return std::nullopt;
  const auto size = big_endian(static_cast<std::uint32_t>(image.width)) +
                    big_endian(static_cast<std::uint32_t>(image.height));
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", size + std::string("\x08\x02\x00\x00\x00", 5)) +
         chunk("IDAT", *data) + chunk("IEND", "");
}

}  // namespace ecg_lora::page
