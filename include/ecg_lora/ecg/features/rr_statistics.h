// Heart rate and how regular the beats are.
#pragma once

#include "ecg_lora/ecg/features/beats.h"

namespace ecg_lora::features {

/// Of the distances between beats: regular if all are within 10 % of their median; irregular if
/// they wander, so that half of them differ by more than 10 % of the median from the one before;
/// unclear between the two: single premature beats, pauses, respiratory change.
enum class Regularity { regular, unclear, irregular };

/// Statistics of the RR intervals, the distances of successive beats.
struct RrStatistics {
  double rate = 0;       ///< beats per minute, of the median distance
  double variation = 0;  ///< standard deviation of the distances over their mean
  double wander = 0;     ///< median change from one distance to the next over the median distance
  double largest = 0;    ///< largest departure from the median over the median
  Regularity regularity = Regularity::unclear;
};

/// No measurement with fewer than two distances, or without beats; regularity needs six distances
/// and is unclear with less.
Measured<RrStatistics> measure_rr(const Measured<Beats>& beats);

/// "regular", "unclear", "irregular".
const char* name_of(Regularity regularity);

}  // namespace ecg_lora::features
