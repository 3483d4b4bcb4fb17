// Python's random numbers, for a scorer that draws as a Python program does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ecg_lora::metrics {

/// Python's random.Random(seed), as far as random.choice needs it: MT19937 (Matsumoto and Nishimura
/// 1998).
class PythonRandom {
 public:
  explicit PythonRandom(std::uint32_t seed);
  /// Uniform in [0, count), as random.choice over `count` items draws.
  std::uint32_t below(std::uint32_t count);

 private:
  std::uint32_t bits();
  std::array<std::uint32_t, 624> state_;
  std::size_t at_ = 624;
};

}  // namespace ecg_lora::metrics
