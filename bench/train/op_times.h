// Self time of every operator, forward and backward, through libtorch's observers.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace ecg_lora::bench {

/// Operators are timed from here on, in all threads.
void watch_operators();

/// Seconds in each operator, less those in operators that it called, since the last call; the longest first.
std::vector<std::pair<std::string, double>> operator_times();

}  // namespace ecg_lora::bench
