// Waves and noise, a sample at a time.
#pragma once

#include <cmath>

#include "ecg_lora/base/random.h"
#include "ecg_lora/base/two_pi.h"

namespace ecg_lora::synthetic {

/// A sine by rotation: one complex multiplication a sample.
class Oscillator {
 public:
  Oscillator(double hertz, double phase, double rate)
      : c_(std::cos(phase)),
        s_(std::sin(phase)),
        dc_(std::cos(kTwoPi * hertz / rate)),
        ds_(std::sin(kTwoPi * hertz / rate)) {}
  double next() {
    const double value = s_, c = c_ * dc_ - s_ * ds_;
    s_ = s_ * dc_ + c_ * ds_;
    c_ = c;
    return value;
  }

 private:
  double c_, s_, dc_, ds_;
};

/// Nearly normal with deviation 1: the sum of the four 16-bit parts of one draw (Irwin-Hall).
inline double nearly_normal(Random& random) {
  const std::uint64_t bits = random.bits();
  const double sum = static_cast<double>((bits & 0xffff) + (bits >> 16 & 0xffff) +
                                         (bits >> 32 & 0xffff) + (bits >> 48));
  return (sum / 65536 - 2) * 1.7320508075688772;
}

}  // namespace ecg_lora::synthetic
