// How many losses a spike is judged by.
#pragma once

#include <cstddef>

namespace ecg_lora::train {

inline constexpr std::size_t kSpikeWindow = 64;  ///< losses that a new one is compared with
inline constexpr std::size_t kLeastLosses = 16;  ///< with fewer, nothing stands out

}  // namespace ecg_lora::train
