#include "formats.h"

#include <cstring>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"

namespace ecg_lora::wfdb {
namespace {

using Byte = unsigned char;

/// The low `bits` bits of `value` as a two's complement number.
template <int bits>
constexpr std::int32_t extend(std::uint32_t value) {
  constexpr std::uint32_t sign = 1u << (bits - 1), mask = sign | (sign - 1);
  return static_cast<std::int32_t>(((value & mask) ^ sign) - sign);
}

// Each block: how many samples in how many bytes (and how many of them a last block of 0, 1, 2
// samples has), and how they lie in them.
using Partial = std::array<std::size_t, 3>;

struct Block8 {
  static constexpr std::size_t kSamples = 1, kBytes = 1;
  static constexpr Partial kPartial = {};
  static void decode(const Byte* b, std::int32_t* s) { s[0] = extend<8>(b[0]); }
};
struct Block80 : Block8 {  // offset binary
  static void decode(const Byte* b, std::int32_t* s) { s[0] = b[0] - 128; }
};
struct Block16 {
  static constexpr std::size_t kSamples = 1, kBytes = 2;
  static constexpr Partial kPartial = {};
  static void decode(const Byte* b, std::int32_t* s) { s[0] = extend<16>(b[0] | b[1] << 8); }
};
struct Block61 : Block16 {  // high byte first
  static void decode(const Byte* b, std::int32_t* s) { s[0] = extend<16>(b[1] | b[0] << 8); }
};
struct Block160 : Block16 {  // offset binary
  static void decode(const Byte* b, std::int32_t* s) { s[0] = (b[0] | b[1] << 8) - 32768; }
};
struct Block24 {
  static constexpr std::size_t kSamples = 1, kBytes = 3;
  static constexpr Partial kPartial = {};
  static void decode(const Byte* b, std::int32_t* s) {
    s[0] = extend<24>(b[0] | b[1] << 8 | b[2] << 16);
  }
};
struct Block32 {
  static constexpr std::size_t kSamples = 1, kBytes = 4;
  static constexpr Partial kPartial = {};
  static void decode(const Byte* b, std::int32_t* s) {
    s[0] = extend<32>(b[0] | b[1] << 8 | b[2] << 16 | static_cast<std::uint32_t>(b[3]) << 24);
  }
};
struct Block212 {
  static constexpr std::size_t kSamples = 2, kBytes = 3;
  static constexpr Partial kPartial = {0, 2};
  static void decode(const Byte* b, std::int32_t* s) {
    s[0] = extend<12>(b[0] | (b[1] & 0x0f) << 8);
    s[1] = extend<12>(b[2] | (b[1] & 0xf0) << 4);
  }
};
struct Block310 {  // two words of 16 bits: each holds a sample in bits 1 to 10 and half of the
                   // third above
  static constexpr std::size_t kSamples = 3, kBytes = 4;
  static constexpr Partial kPartial = {0, 2, 4};
  static void decode(const Byte* b, std::int32_t* s) {
    s[0] = extend<10>((b[0] | b[1] << 8) >> 1);
    s[1] = extend<10>((b[2] | b[3] << 8) >> 1);
    s[2] = extend<10>(b[1] >> 3 | (b[3] >> 3) << 5);
  }
};
struct Block311 {  // the low 30 bits of a word of 32
  static constexpr std::size_t kSamples = 3, kBytes = 4;
  static constexpr Partial kPartial = {0, 2, 3};
  static void decode(const Byte* b, std::int32_t* s) {
    s[0] = extend<10>(b[0] | b[1] << 8);
    s[1] = extend<10>(b[1] >> 2 | b[2] << 6);
    s[2] = extend<10>(b[2] >> 4 | b[3] << 4);
  }
};

template <class Block>
void unpack(const Byte* bytes, std::size_t count, std::int32_t* samples) {
  const std::size_t blocks = count / Block::kSamples, rest = count % Block::kSamples;
  for (std::size_t i = 0; i < blocks; ++i)
    Block::decode(bytes + i * Block::kBytes, samples + i * Block::kSamples);
  if constexpr (Block::kSamples > 1) {
    if (rest == 0) return;
    Byte last[Block::kBytes] = {};
    std::int32_t values[Block::kSamples];
    std::memcpy(last, bytes + blocks * Block::kBytes, Block::kPartial[rest]);
    Block::decode(last, values);
    std::memcpy(samples + blocks * Block::kSamples, values, rest * sizeof *values);
  }
}

template <class Block>
constexpr Format packed(int code, std::optional<std::int32_t> invalid) {
  return {code, invalid, Block::kSamples, Block::kBytes, Block::kPartial, unpack<Block>};
}
constexpr Format unpacked(int code, std::optional<std::int32_t> invalid) {
  return {code, invalid, 1, 0, {}, nullptr};
}

constexpr std::int32_t lowest(int bits) {
  return static_cast<std::int32_t>(-(std::int64_t{1} << (bits - 1)));
}

constexpr Format kFormats[] = {
    unpacked(0, std::nullopt),         packed<Block8>(8, std::nullopt),
    packed<Block16>(16, lowest(16)),   packed<Block24>(24, lowest(24)),
    packed<Block32>(32, lowest(32)),   packed<Block61>(61, lowest(16)),
    packed<Block80>(80, lowest(8)),    packed<Block160>(160, lowest(16)),
    packed<Block212>(212, lowest(12)), packed<Block310>(310, lowest(10)),
    packed<Block311>(311, lowest(10)), unpacked(508, lowest(8)),
    unpacked(516, lowest(16)),         unpacked(524, lowest(24)),
};

}  // namespace

std::size_t Format::held(std::size_t bytes) const {
  std::size_t samples = bytes / block_bytes * block_samples;
  for (std::size_t k = 1; k < block_samples; ++k)
    samples += partial_bytes[k] <= bytes % block_bytes;
  return samples;
}

const Format& format_of(int code, const std::string& where) {
  for (const Format& format : kFormats) {
    if (format.code == code) return format;
  }
  throw_data(where, ": signal format ", code, " is unknown, expected one of ",
             joined(kFormats, &Format::code));
}

}  // namespace ecg_lora::wfdb
