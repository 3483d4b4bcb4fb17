// Any bytes as a signal file: the first chooses the format, the next ones how the header lays it
// out.
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "ecg_lora/base/error.h"
#include "ecg_lora/ecg/wfdb/record.h"

namespace {

constexpr std::array<int, 13> kFormats = {8, 16, 24, 32, 61, 80, 160, 212, 310, 311, 508, 516, 524};

/// In memory where the system has such a folder: a file on a disk takes most of the time. Removed
/// at exit.
class Folder {
 public:
  Folder() {
    const std::filesystem::path memory = "/dev/shm";
    const auto root =
        std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
    path_ = root / ("ecg-lora-fuzz-" + std::to_string(::getpid()));
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

void write(const std::string& path, const char* bytes, std::size_t size) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes, static_cast<std::streamsize>(size));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kLayout = 5;
  if (size < kLayout) return -1;
  static const Folder kFolder;
  const int kFormat = kFormats[data[0] % kFormats.size()];
  const unsigned kSignals = 1 + data[1] % 4, kEach = 1 + data[2] % 3, kLength = data[4];
  std::string header = "r " + std::to_string(kSignals) + " 100 " + std::to_string(kLength) + "\n";
  for (unsigned s = 0; s < kSignals; ++s) {
    // Bit 7 of the third byte: only the first signal has several samples a frame.
    const unsigned own = data[2] & 0x80 && s > 0 ? 1 : kEach;
    header += "r.dat " + std::to_string(kFormat) + "x" + std::to_string(own) + ":" +
              std::to_string(data[3] % 5 * s) + "+" + std::to_string(data[3] / 64) + "\n";
  }
  write(kFolder / "r.hea", header.data(), header.size());
  write(kFolder / "r.dat", reinterpret_cast<const char*>(data + kLayout), size - kLayout);
  for (const bool smooth : {true, false}) {
    try {
      ecg_lora::wfdb::read_record(kFolder / "r", {.smooth_frames = smooth});
    } catch (const ecg_lora::Error&) {
    }
  }
  return 0;
}
