#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "ecg_lora/base/error.h"
#include "ecg_lora/cost/energy.h"

namespace ecg_lora::cost {
namespace {

namespace fs = std::filesystem;

/// The first line of a file of sysfs; nothing if it cannot be read, and errno says why.
std::optional<std::string> first_line_of(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  char text[64];
  const auto count = ::read(descriptor, text, sizeof text);
  const int code = errno;
  ::close(descriptor);
  errno = code;
  if (count < 0) return std::nullopt;
  const std::string all(text, static_cast<std::size_t>(count));
  return all.substr(0, all.find('\n'));
}

std::optional<double> number_in(const fs::path& file) {
  const auto text = first_line_of(file);
  if (!text) return std::nullopt;
  std::uint64_t value = 0;
  const auto end = text->data() + text->size();
  const auto [at, error] = std::from_chars(text->data(), end, value);
  errno = EINVAL;  // for the caller's message
  return error == std::errc() && at == end ? std::optional(static_cast<double>(value))
                                           : std::nullopt;
}

std::string cannot_read(const fs::path& file) {
  const int code = errno;
  return cat(file.string(), " cannot be read (", std::strerror(code), ")",
             code == EACCES || code == EPERM ? "; an administrator can allow it: chmod a+r" : "");
}

/// "intel-rapl:0" and "intel-rapl:0:1"; "intel-rapl-mmio:0" counts the same package once more.
std::vector<fs::path> zones_in(const fs::path& root) {
  std::vector<fs::path> result;
  std::error_code none;
  for (fs::directory_iterator entry(root, none), end; entry != end; entry.increment(none))
    if (entry->path().filename().string().rfind("intel-rapl:", 0) == 0)
      result.push_back(entry->path());
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace

Rapl::Rapl(const fs::path& root) {
  for (const auto& folder : zones_in(root)) {
    const auto name = first_line_of(folder / "name").value_or("");
    if (name.rfind("package", 0) != 0 && name != "dram") continue;
    const auto range = number_in(folder / "max_energy_range_uj");
    if (!range) why_ = cannot_read(folder / "max_energy_range_uj");
    const auto now = number_in(folder / "energy_uj");
    if (!now) why_ = cannot_read(folder / "energy_uj");
    if (!why_.empty()) return;
    zones_.push_back({folder / "energy_uj", *now, *range});
  }
  if (zones_.empty())
    why_ = cat("no package in ", (root / "intel-rapl:*").string(),
               ": the CPU, or a virtual machine, does not show it");
}

void Rapl::sample() {
  for (auto& zone : zones_) {
    const auto now = number_in(zone.counter);
    if (!now) {
      why_ = cannot_read(zone.counter);
      return;
    }
    joules_ += (*now - zone.last + (*now < zone.last ? zone.range : 0)) / 1e6;
    zone.last = *now;
  }
}

}  // namespace ecg_lora::cost
