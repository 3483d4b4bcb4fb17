// Where the ventricles beat: QRS complexes found in all leads together.
//
// After Pan and Tompkins 1985 (band-pass, slope, energy, adaptive threshold, search back, T wave
// test), with the energy summed over the leads, each weighted by how far its beats stand out, and
// the threshold taken from both sides of a beat.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ecg_lora/ecg/features/measured.h"
#include "ecg_lora/ecg/wfdb/record.h"

namespace ecg_lora::features {

/// The QRS complexes that were found in a recording.
struct Beats {
  std::vector<double>
      times;  ///< s from the start, ascending: the middle of each QRS complex, finer than a sample
  /// Distances of successive beats, s. One that spans a stretch without any valid lead is left out.
  std::vector<double> rr;
};

/// The beats of a recording with at least 3 s of signal at 50 Hz or more. Samples that are not
/// finite, flat leads and leads that are no voltage do not count. No measurement if no lead is
/// left, if fewer than three beats are found, or if beats do not stand out of noise.
Measured<Beats> find_beats(const wfdb::Record& record);

}  // namespace ecg_lora::features
