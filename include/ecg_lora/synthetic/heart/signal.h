// Synthetic 12-lead recordings from a heart vector: each wave of a beat is a Gaussian bump of a
// three-dimensional dipole that fixed lead vectors project to the leads (McSharry et al. 2003,
// Sameni et al. 2007, simplified to bumps in time). Wave sizes, intervals and the rhythm are
// parameters, so a recording's findings are known exactly.
#pragma once

#include <array>

#include "ecg_lora/base/random.h"
#include "ecg_lora/ecg/wfdb/record.h"
#include "ecg_lora/synthetic/heart/rhythm.h"
#include "ecg_lora/synthetic/heart/vector.h"

namespace ecg_lora::synthetic {

/// Amplitudes of what is no heartbeat, in mV.
struct Noise {
  double wander = 0.05;   ///< baseline, below 0.5 Hz
  double muscle = 0.008;  ///< standard deviation, broad-band
  double mains = 0.003;   ///< 50 Hz
};

/// A P wave in two parts, as the atria are activated one after the other.
struct Atria {
  Vector right, left;  ///< mV
  double delay = 0;    ///< s between their summits; 0: one wave of Morphology::p_amplitude instead
};

/// Everything that shapes a recording. The defaults are a healthy adult's; what follows `noise` is
/// off.
struct Morphology {
  double heart_rate = 70;         ///< beats per minute
  double rr_irregularity = 0.02;  ///< standard deviation of the beat distance, relative to its mean
  double pr_interval = 0.16;      ///< s, onset of P to onset of QRS
  double p_amplitude = 0.15;      ///< mV in II; 0 for no P waves
  double qrs_duration = 0.09;     ///< s
  double frontal_axis = 50;       ///< degrees; 0 points to I, 90 to aVF
  double qrs_amplitude = 1.2;     ///< mV, main QRS vector in the frontal plane
  double septal = 0.15;  ///< mV, initial vector to the right and front; negative if the septum
                         ///< is activated from the right
  double anterior_forces = 0.45;  ///< mV, early QRS to the front: R in V1 to V3
  double posterior_forces = 0.8;  ///< mV, late QRS to the back: S in V1 to V3
  double notch = 0;               ///< 0 one summit of the main vector … 1 two
  Vector terminal;                ///< terminal QRS vector of a delayed ventricle; all 0: none
  Regions q_wave;                 ///< depth of Q waves
  Regions st_level;               ///< ST segment against the baseline
  Regions t_amplitude{0.28, 0.28, 0.35};  ///< negative: inverted
  double qtc = 0.41;  ///< s, QT interval at 60 beats per minute; scaled with the square root of RR
  double ectopic_beats = 0;  ///< premature wide beats in 10 s
  double fibrillation = 0;   ///< mV, irregular atrial waves of 5 to 8 Hz
  double flutter = 0;        ///< mV, sawtooth atrial waves of 5 Hz
  Noise noise;

  Vector initial;            ///< mV, first 0.03 s of QRS if a fascicle is blocked
  double main_anterior = 0;  ///< mV, main QRS vector to the front
  Vector delta;              ///< mV, slow start of QRS by an accessory pathway, before qrs_duration
  Regions st_sag;            ///< mV at the middle of a sagging ST segment; negative: a scoop
  double t_width = 1;        ///< of the T wave, relative
  Regions u_wave;            ///< mV
  Atria atria;
  Rhythm rhythm;
  BeatVariation variation;
  Artefacts artefacts;
  std::array<Vector, 6>
      placement{};  ///< added to the weights of V1 … V6: torso and place of the electrodes

  double rr() const { return 60 / heart_rate; }  ///< s, mean
  double qt() const;                             ///< s, at the mean rate; never longer than 0.85 RR
};

/// A recording of the twelve standard leads on a grid of 0.001 mV, on which III = II - I holds
/// exactly and the augmented leads are -(I+II)/2, I-II/2 and II-I/2 rounded to the grid. A pure
/// function of its arguments and the state of `random`. Usage error for a duration, rate
/// or heart rate that is not above 0.
wfdb::Record synthesise(const Morphology& morphology, double seconds, double sampling_rate,
                        Random& random);

/// What a reader sees of a QRS complex in one lead.
struct QrsShape {
  double highest = 0, lowest = 0;  ///< mV
  bool starts_down = false;        ///< the first deflection of at least 0.1 mV is negative
  bool late_peak = false;  ///< an upward deflection follows a downward one, after the first third
  bool notched = false;    ///< two summits (or troughs) of the main deflection

  double main_deflection() const { return highest > -lowest ? highest : lowest; }
};

/// The noise-free QRS complex of an ordinary beat in a standard lead. Usage error for another lead.
QrsShape qrs_shape(const Morphology& morphology, const std::string& lead);

/// What `regions` amount to in a standard lead, in mV. Usage error for another lead.
double in_lead(const Regions& regions, const std::string& lead);

}  // namespace ecg_lora::synthetic
