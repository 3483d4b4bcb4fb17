// Independent pieces of work on several threads.
#pragma once

#include <cstddef>
#include <functional>

namespace ecg_lora::synth {

/// Calls work(0) … work(count - 1), each once, on `workers` threads (0: one a processor), and done() after
/// each, one call at a time. The first exception stops what has not begun and is thrown again.
void for_each_index(std::size_t count, int workers, const std::function<void(std::size_t)>& work,
                    const std::function<void()>& done);

}  // namespace ecg_lora::synth
