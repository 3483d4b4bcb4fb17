// Heart rate and how regular the beats are.
#pragma once

#include "ecg_lora/ecg/features/beats.h"

namespace ecg_lora::features {

/// Of the distances between beats: regular where all are within 10 % of their median; irregular
/// where they wander, so that half of them differ by more than 10 % of the median from the one
/// before; unclear between the two: single premature beats, pauses, respiratory change.
enum class Regularity { regular, unclear, irregular };

struct Rhythm {
  double rate = 0;       ///< beats a minute, of the median distance of successive beats
  double variation = 0;  ///< standard deviation of the distances over their mean
  double wander = 0;     ///< median change from one distance to the next over the median distance
  double largest = 0;    ///< largest departure from the median over the median
  Regularity regularity = Regularity::unclear;
};

/// No measurement with fewer than two distances; regularity needs six of them and is unclear with
/// less.
Measured<Rhythm> measure_rhythm(const Measured<Beats>& beats);

/// "regular", "unclear", "irregular".
const char* name_of(Regularity regularity);

}  // namespace ecg_lora::features
