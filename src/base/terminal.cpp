#include "terminal.h"

#include <cstdio>

namespace ecg_lora {

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
