// The one catch of every executable.
#pragma once

#include <functional>

namespace ecg_lora {

/// Runs `command`; prints one sentence to stderr for any exception and returns the exit code of its kind.
int guarded(const std::function<int()>& command);

}  // namespace ecg_lora
