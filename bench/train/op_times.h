// Self time of every operator, forward and backward, through libtorch's observers.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace ecg_lora::bench {

/// Operators are timed from here on, in all threads.
void watch_operators();

/// Seconds of processor time in each operator, less those in operators that it called, and in each
/// part of the model (vision tower, self-attention, …), since the last call; the longest first.
/// Meant for one thread.
std::vector<std::pair<std::string, double>> operator_times();

}  // namespace ecg_lora::bench
