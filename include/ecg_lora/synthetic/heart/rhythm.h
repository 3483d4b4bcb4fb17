// What drives the atria and the ventricles, and how one follows the other.
#pragma once

#include "ecg_lora/synthetic/heart/vector.h"

namespace ecg_lora::synthetic {

enum class Mechanism {
  plain,  ///< P, QRS and T at irregular distances: the presets conditions and findings
  sinus,  ///< each P is followed by a QRS; premature beats, patterns and breathing may disturb it
  fibrillation,  ///< no P; distances without order
  flutter,       ///< sawtooth waves at atrial_rate, each `ratio`-th conducted
  reentry,       ///< regular and fast; P hidden in QRS or just after it, directed upwards
  dropped,       ///< second degree block: of each `group` P waves the last is not conducted
  dissociated,   ///< third degree block: P at atrial_rate, ventricles at the heart rate, neither
                 ///< knows the other
  paced,         ///< ventricular pacemaker at the heart rate, with or without one in the atrium
};

/// Origin of a beat in the ventricles: a premature or an escape beat, or a pacemaker's electrode.
struct Focus {
  double axis = 0;         ///< degrees in the frontal plane
  double amplitude = 1.5;  ///< mV in the frontal plane
  double anterior = -1;    ///< mV to the front (like right bundle branch block) or back (like left)
  double duration = 0.16;  ///< s
};

/// How a recording's atria and ventricles beat.
struct Rhythm {
  Mechanism mechanism = Mechanism::plain;
  double breathing = 0;      ///< swing of the beat distance with the breath, relative to its mean
  int atrial_premature = 0;  ///< premature atrial beats in 10 s
  int ventricular_premature = 0;  ///< premature ventricular beats in 10 s
  int pattern = 0;                ///< each second (2) or third (3) beat is premature; 0 none
  bool pattern_atrial = false;    ///< those of the pattern come from the atria
  double coupling =
      0.6;  ///< distance of a premature beat from the one before, relative to the mean
  double atrial_rate = 0;  ///< waves per minute, of flutter and in dissociation
  int ratio = 2;           ///< flutter waves to a QRS; 0: changes between 2, 3 and 4
  int group = 4;           ///< P waves of a Wenckebach or Mobitz period
  double pr_growth =
      0;  ///< s by which the second PR of a Wenckebach period exceeds the first; 0: Mobitz 2
  bool atrial_pacing = false;  ///< a spike before each P, which conducts to the paced ventricle
  bool hidden_atria = false;   ///< reentry: P lies within QRS; pacing: no P at all
  bool wide_escape =
      false;         ///< dissociation: the ventricles beat from `focus`, not from the AV node
  double spike = 0;  ///< mV, height of a pacemaker's pulse
  Focus focus;
};

/// How beats of one recording differ from each other.
struct BeatVariation {
  double breath_rate = 0.25;  ///< Hz
  double amplitude = 0;       ///< swing of all deflections with the breath, relative
  double axis = 0;            ///< degrees, swing of the frontal axis with the breath
  double repolarisation = 0;  ///< standard deviation of T, relative; of QT a tenth of it
};

/// Interference at the nine electrodes, from which each lead's follows as a difference; in mV.
struct Artefacts {
  double wander = 0;  ///< baseline below 0.5 Hz
  double muscle = 0;  ///< standard deviation, 15 Hz and up, in bursts
  double mains = 0;   ///< 50 Hz
  int jolts = 0;      ///< moves of one electrode in 10 s
  int loose =
      -1;  ///< electrode with four times the wander and muscle: 0 RA, 1 LA, 2 LL, 3 to 8 V1 to V6
};

}  // namespace ecg_lora::synthetic
