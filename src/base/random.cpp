#include "ecg_lora/base/random.h"

#include <cmath>

#include "ecg_lora/base/two_pi.h"

namespace ecg_lora {

namespace {

constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15;

/// Finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

Random::Random(std::initializer_list<std::uint64_t> keys) : state_(kGolden) {
  for (const auto key : keys) state_ = mix(state_ + kGolden) ^ mix(key + kGolden);
  state_ = mix(state_);
}

std::uint64_t Random::bits() {
  return mix(state_ += kGolden);
}

double Random::uniform() {
  return static_cast<double>(bits() >> 11) * 0x1p-53;
}

double Random::normal() {
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));  // 1 - u is in (0, 1]
  return radius * std::cos(kTwoPi * uniform());
}

std::uint64_t Random::uniform_int(std::uint64_t n) {
  // Rejects the last, incomplete run of n values so that every result is equally likely.
  const std::uint64_t limit = -n % n;
  for (;;) {
    const std::uint64_t value = bits();
    if (value >= limit) return value % n;
  }
}

}  // namespace ecg_lora
