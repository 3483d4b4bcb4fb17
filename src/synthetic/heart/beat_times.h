// When the heart beats.
#pragma once

#include <vector>

#include "ecg_lora/synthetic/heart/signal.h"

namespace ecg_lora::synthetic {

constexpr double kShortestRr = 0.30;  ///< s; the refractory AV node conducts no faster

struct BeatTime {
  double onset = 0;      ///< s, onset of QRS
  double rr = 0;         ///< s since the beat before
  bool ectopic = false;  ///< premature, from a ventricle
};

/// Beats from before the recording to after it. Ectopic beats lie inside it, each followed by a
/// compensatory pause.
std::vector<BeatTime> beat_times(const Morphology& morphology, double seconds, Random& random);

}  // namespace ecg_lora::synthetic
