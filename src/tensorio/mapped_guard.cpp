#include "mapped_guard.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <mutex>

#include "ecg_lora/base/error.h"

namespace ecg_lora::tensorio {

namespace {

/// Read by the handler, so it has a fixed size and no lock there. A file beyond it is mapped
/// without a guard.
struct Range {
  std::atomic<const char*> begin = nullptr;
  std::atomic<std::size_t> size = 0;
  std::atomic<const char*> path = nullptr;
};
constexpr std::size_t kRanges = 1024;
std::array<Range, kRanges> ranges;
std::mutex ranges_mutex;

void say(const char* text) {
  [[maybe_unused]] const auto wrote = ::write(STDERR_FILENO, text, std::strlen(text));
}

void on_bus_error(int number, siginfo_t* info, void*) {
  const auto* at = static_cast<const char*>(info->si_addr);
  for (const auto& range : ranges) {
    const char* begin = range.begin;
    if (!begin || at < begin || at >= begin + range.size) continue;
    say("error: ");
    say(range.path);
    say(" became shorter while it was read, expected a file that stays as it is; copy it again\n");
    _exit(static_cast<int>(ExitCode::checkpoint));
  }
  ::signal(number, SIG_DFL);  // the read is tried again, and ends the process as it would have
}

void watch_bus_errors() {
  struct sigaction action = {};
  action.sa_sigaction = on_bus_error;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, nullptr);
}

}  // namespace

MappedGuard::MappedGuard(const char* begin, std::size_t size, const char* path) : place_(kRanges) {
  static std::once_flag watched;
  std::call_once(watched, watch_bus_errors);
  const std::lock_guard lock(ranges_mutex);
  for (std::size_t i = 0; i < kRanges && place_ == kRanges; ++i)
    if (!ranges[i].begin) place_ = i;
  if (place_ == kRanges) return;
  ranges[place_].path = path;
  ranges[place_].size = size;
  ranges[place_].begin = begin;
}

MappedGuard::~MappedGuard() {
  const std::lock_guard lock(ranges_mutex);
  if (place_ < kRanges) ranges[place_].begin = nullptr;
}

}  // namespace ecg_lora::tensorio
