// The one catch of every executable.
#pragma once

#include <functional>

namespace ecg_lora {

/// Runs `command`; prints one sentence to stderr for any exception and returns the exit code of its
/// kind. Before that, descriptors 0 to 2 are open, std::cout is watched (see output.h), and matrix
/// products are reproducible (see reproducible.h); after it, results that could not be written are
/// a data error, and a reader that has gone away is none.
int guarded(const std::function<int()>& command);

}  // namespace ecg_lora
