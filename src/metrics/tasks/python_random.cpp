#include "ecg_lora/metrics/tasks/python_random.h"

namespace ecg_lora::metrics {

PythonRandom::PythonRandom(std::uint32_t seed) {
  // init_by_array of the reference implementation (Matsumoto and Nishimura 2002), with the one key
  // that Python's seed() makes of a small number.
  constexpr std::size_t n = 624;
  state_[0] = 19650218u;
  for (std::size_t i = 1; i < n; ++i)
    state_[i] =
        1812433253u * (state_[i - 1] ^ (state_[i - 1] >> 30)) + static_cast<std::uint32_t>(i);
  std::size_t i = 1;
  const auto next = [&] {
    if (++i >= n) state_[0] = state_[n - 1], i = 1;
  };
  for (std::size_t k = 0; k < n; ++k) {
    state_[i] = (state_[i] ^ ((state_[i - 1] ^ (state_[i - 1] >> 30)) * 1664525u)) + seed;
    next();
  }
  for (std::size_t k = 0; k + 1 < n; ++k) {
    state_[i] = (state_[i] ^ ((state_[i - 1] ^ (state_[i - 1] >> 30)) * 1566083941u)) -
                static_cast<std::uint32_t>(i);
    next();
  }
  state_[0] = 0x80000000u;
}

std::uint32_t PythonRandom::bits() {
  constexpr std::size_t n = 624, m = 397;
  if (at_ == n) {
    for (std::size_t i = 0; i < n; ++i) {
      const auto y = (state_[i] & 0x80000000u) | (state_[(i + 1) % n] & 0x7fffffffu);
      state_[i] = state_[(i + m) % n] ^ (y >> 1) ^ (y & 1u ? 0x9908b0dfu : 0u);
    }
    at_ = 0;
  }
  auto y = state_[at_++];
  y ^= y >> 11, y ^= (y << 7) & 0x9d2c5680u, y ^= (y << 15) & 0xefc60000u, y ^= y >> 18;
  return y;
}

std::uint32_t PythonRandom::below(std::uint32_t count) {
  int width = 0;
  for (auto rest = count; rest > 0; rest >>= 1) ++width;
  for (;;)
    if (const auto value = bits() >> (32 - width); value < count) return value;
}

}  // namespace ecg_lora::metrics
