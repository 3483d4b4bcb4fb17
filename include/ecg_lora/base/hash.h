// SHA-256 (FIPS 180-4), for provenance of files.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace ecg_lora {

/// A digest of bytes that come in pieces.
class Sha256 {
 public:
  void update(std::string_view bytes);
  /// Lower-case hexadecimal digest. The object is spent afterwards.
  std::string digest();

 private:
  void block(const unsigned char* bytes);
  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::string pending_;
  std::uint64_t size_ = 0;
};

/// Lower-case hexadecimal digest of `bytes`.
std::string sha256(std::string_view bytes);
/// The same of a file, in little memory. Data error as open_file() has it, above 512 GiB, or if
/// reading fails.
std::string sha256_file(const std::filesystem::path& path);

}  // namespace ecg_lora
