// Moments of a trace that its copies have as well, each with a compact description of the second
// around it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "compared_trace.h"

namespace ecg_lora::leakage {

constexpr std::size_t kBins = 20;  ///< of 80 ms, from 0.4 s before the moment to 1.2 s after
constexpr std::size_t kDescriptor = kLeads * kBins;

/// Mean of each bin and lead, without the overall mean, of length kNorm: gain and offset make no
/// difference.
using Descriptor = std::array<std::int8_t, kDescriptor>;
constexpr double kNorm = 256;

struct Moment {
  std::int32_t at = 0;  ///< sample of the trace
  Descriptor descriptor{};
};

/// The steepest moments of a trace, in general its QRS complexes: the same ones in a copy that is
/// cut, shifted, noisy or of another gain.
std::vector<Moment> moments_of(const ComparedTrace& trace);

/// Cosine of the angle between two descriptors.
double similarity(const Descriptor& a, const Descriptor& b);

}  // namespace ecg_lora::leakage
