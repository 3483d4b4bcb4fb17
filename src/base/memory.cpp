#include "ecg_lora/base/memory.h"

#include <cstdio>
#include <fstream>
#include <sstream>

namespace ecg_lora {

MemoryUse resident_memory() {
  std::ifstream status("/proc/self/status");
  MemoryUse use;
  for (std::string line; std::getline(status, line);) {
    std::istringstream fields(line);
    std::string name;
    std::int64_t kibibytes = 0;
    if (!(fields >> name >> kibibytes)) continue;
    if (name == "VmRSS:") use.now = 1024 * kibibytes;
    if (name == "VmHWM:") use.peak = 1024 * kibibytes;
  }
  return use;
}

std::string format_bytes(std::int64_t bytes) {
  const double mebibytes = static_cast<double>(bytes) / (1 << 20);
  char text[32];
  std::snprintf(text, sizeof text, mebibytes < 1000 ? "%.0f MiB" : "%.1f GiB",
                mebibytes < 1000 ? mebibytes : mebibytes / 1024);
  return text;
}

}  // namespace ecg_lora
