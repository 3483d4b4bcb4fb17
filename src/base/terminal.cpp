#include "terminal.h"

#include <atomic>
#include <cstdio>

#include "ecg_lora/base/log.h"

namespace ecg_lora {

namespace {
std::atomic<bool> quiet = false;
}

void log_only_warnings() {
  quiet = true;
}
bool only_trouble() {
  return quiet;
}

// Never destroyed: threads may still log while the process exits.
std::mutex& terminal_mutex() {
  static auto* mutex = new std::mutex;
  return *mutex;
}

bool& bar_is_open() {
  static bool open = false;
  return open;
}

void clear_bar() {
  if (!bar_is_open()) return;
  std::fputs("\r\x1b[K", stderr);
  bar_is_open() = false;
}

}  // namespace ecg_lora
