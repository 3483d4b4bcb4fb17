// When the atria and the ventricles are activated, and from where.
#pragma once

#include <vector>

#include "ecg_lora/synthetic/heart/signal.h"

namespace ecg_lora::synthetic {

struct AtrialEvent {
  enum class Kind { sinus, ectopic, retrograde };
  double onset = 0;  ///< s, onset of P
  Kind kind = Kind::sinus;
  bool spike = false;  ///< by a pacemaker
};

struct VentricularEvent {
  double onset = 0;    ///< s, onset of QRS
  double rr = 0;       ///< s since the one before
  bool focus = false;  ///< from Rhythm::focus; otherwise by way of the AV node
  bool spike = false;
};

struct Schedule {
  std::vector<AtrialEvent> atria;
  std::vector<VentricularEvent> ventricles;
  double flutter_start = 0;  ///< s, start of a flutter wave
};

/// Events from before the recording to after it, in the order of time. For any mechanism but
/// Mechanism::plain.
Schedule schedule(const Morphology& morphology, double seconds, Random& random);

}  // namespace ecg_lora::synthetic
