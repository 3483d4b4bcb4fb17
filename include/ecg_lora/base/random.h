// Seeded randomness that is the same on every machine and standard library: a counter run through
// SplitMix64.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

namespace ecg_lora {

/// A stream of random numbers that is a pure function of its keys, for example {seed, epoch,
/// sample}.
class Random {
 public:
  Random(std::initializer_list<std::uint64_t> keys);

  /// 64 uniform bits.
  std::uint64_t bits();
  /// Uniform in [0, 1).
  double uniform();
  /// Uniform in [low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Standard normal (Box-Muller).
  double normal();
  double normal(double mean, double deviation) { return mean + deviation * normal(); }
  /// Uniform integer in [0, n); n > 0.
  std::uint64_t uniform_int(std::uint64_t n);
  /// True with this probability.
  bool bernoulli(double probability) { return uniform() < probability; }

  /// Fisher-Yates.
  template <class T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i)
      std::swap(values[i - 1], values[uniform_int(i)]);
  }

 private:
  std::uint64_t state_;
};

/// A key from a name: 64-bit FNV-1a, the same on every machine.
constexpr std::uint64_t name_key(std::string_view name) {
  std::uint64_t hash = 14695981039346656037ull;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return hash;
}

}  // namespace ecg_lora
