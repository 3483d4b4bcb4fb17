// Protocol buffers' wire format, for writing the few messages that are needed here. The library
// itself cannot stand in this process: libsentencepiece exports a protobuf of its own, libtorch
// ships the headers of a third, and the symbols of one are taken for those of another.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace ecg_lora::wire {

inline std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<char>((value & 0x7f) | 0x80));
  bytes.push_back(static_cast<char>(value));
  return bytes;
}

template <class Integer>
std::string little_endian(Integer value) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof value; ++i)
    bytes.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  return bytes;
}

/// Fields by number: the key is (number << 3) | wire type.
inline std::string integer_field(std::uint32_t number, std::int64_t value) {
  return varint(number << 3 | 0u) + varint(static_cast<std::uint64_t>(value));
}
inline std::string double_field(std::uint32_t number, double value) {
  return varint(number << 3 | 1u) + little_endian(std::bit_cast<std::uint64_t>(value));
}
inline std::string float_field(std::uint32_t number, float value) {
  return varint(number << 3 | 5u) + little_endian(std::bit_cast<std::uint32_t>(value));
}
/// Text, or a message within a message.
inline std::string bytes_field(std::uint32_t number, std::string_view value) {
  return varint(number << 3 | 2u) + varint(value.size()) + std::string(value);
}

}  // namespace ecg_lora::wire
