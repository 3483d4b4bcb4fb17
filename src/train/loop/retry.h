// Trying again where a disk or a share is away for a while.
#pragma once

#include <chrono>
#include <thread>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/log.h"

namespace ecg_lora::train {

/// Calls `use` until it throws no data error, for at most `seconds` from the first one, at growing
/// distances; then, or where a stop is asked for, throws that error on.
template <class F>
auto keep_trying(std::int64_t seconds, F use) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::seconds(seconds);
  for (auto pause = std::chrono::milliseconds(250);;
       pause = std::min(2 * pause, std::chrono::milliseconds(30'000))) {
    try {
      return use();
    } catch (const Error& error) {
      if (error.code() != ExitCode::data || interrupted() || Clock::now() >= end) throw;
      log_warn(cat(error.what(), "; trying again for ",
                   std::chrono::duration_cast<std::chrono::seconds>(end - Clock::now()).count() + 1,
                   " s, as loop.retry_seconds says"));
    }
    const auto again = std::min(Clock::now() + pause, end);
    while (Clock::now() < again && !interrupted())
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace ecg_lora::train
