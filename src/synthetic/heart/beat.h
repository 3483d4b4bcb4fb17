// One heartbeat as bumps of the heart vector in time.
#pragma once

#include <vector>

#include "ecg_lora/synthetic/heart/signal.h"

namespace ecg_lora::synthetic {

/// `peak` times a Gaussian whose two flanks may differ in width. Times in s after the onset of QRS.
struct Bump {
  Vector peak;
  double centre = 0, rise = 0, fall = 0;
};

/// A level between two times with smooth edges: the ST segment.
struct Plateau {
  Vector level;
  double from = 0, to = 0;
};

struct Beat {
  std::vector<Bump> bumps;
  Plateau st;
};

std::vector<Bump> qrs_bumps(const Morphology& morphology);

/// QRS, ST and T of a beat that the atria conducted to the ventricles, `rr` s after its
/// predecessor.
Beat conducted_beat(const Morphology& morphology, double rr);

/// P, QRS, ST and T of a sinus (or conducted) beat that follows its predecessor after `rr` s.
Beat ordinary_beat(const Morphology& morphology, double rr);

/// A premature beat from a ventricle, with a direction drawn from `random`: wide, without P, T
/// opposite to QRS.
Beat ectopic_beat(const Morphology& morphology, Random& random);

/// The heart vector over time.
struct Dipole {
  std::vector<double> left, inferior, anterior;  ///< mV, one per sample
};

/// Adds `beat` with the onset of QRS at `onset` s.
void add_beat(const Beat& beat, double onset, double sampling_rate, Dipole& dipole);

}  // namespace ecg_lora::synthetic
