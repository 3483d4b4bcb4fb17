// What log lines and the progress bar share: stderr.
#pragma once

#include <mutex>

namespace ecg_lora {

/// Held while a line goes to stderr.
std::mutex& terminal_mutex();

/// True while the cursor stands at the end of an unfinished progress bar. Guarded by
/// terminal_mutex().
bool& bar_is_open();

/// Set by log_only_warnings().
bool only_trouble();

/// Wipes an open progress bar so that a log line can take its place. Caller holds terminal_mutex().
void clear_bar();

}  // namespace ecg_lora
