#include "ecg_lora/base/log_once.h"

#include <mutex>
#include <set>

#include "ecg_lora/base/log.h"

namespace ecg_lora {

void warn_once(const std::string& message) {
  static std::mutex mutex;
  static std::set<std::string> given;
  {
    const std::lock_guard lock(mutex);
    if (!given.insert(message).second) return;
  }
  log_warn(message);
}

}  // namespace ecg_lora
