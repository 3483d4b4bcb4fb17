// The frontal QRS axis.
#pragma once

#include "ecg_lora/ecg/features/beats.h"

namespace ecg_lora::features {

/// Adults, AHA/ACCF/HRS 2009, part III: normal -30 to 90 degrees, left -30 to -90, right 90 to 180,
/// extreme -90 to -180.
enum class AxisClass { normal, left, right, extreme };

/// Degrees from -180 to 180; 0 points to I, 90 to aVF.
struct Axis {
  double degrees = 0;
  double net = 0;  ///< size of the net vector over the area under the curves without sign: near 0
                   ///< it has no direction
  AxisClass axis_class() const;
  /// Degrees to the nearest border between two classes.
  double margin() const;
};

/// From the net area of QRS in I and aVF of the median beat, atan2(2 aVF, sqrt(3) I): an augmented
/// lead is sqrt(3)/2 as strong as a bipolar one. aVF is taken from I and II or III if it is
/// missing. No measurement without these leads, if they contradict Einthoven's law, or if
/// positive and negative areas cancel.
Measured<Axis> measure_axis(const wfdb::Record& record, const Measured<Beats>& beats);

/// The class of an axis from -180 to 180 degrees.
AxisClass axis_class(double degrees);
/// "normal", "left", "right", "extreme".
const char* name_of(AxisClass axis_class);

}  // namespace ecg_lora::features
