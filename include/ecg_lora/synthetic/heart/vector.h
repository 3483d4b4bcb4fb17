// The heart's electrical vector, and how lengths of it are named.
#pragma once

namespace ecg_lora::synthetic {

/// The heart's dipole, in mV: `left` faces I, `inferior` aVF, `anterior` V1 to V3.
struct Vector {
  double left = 0, inferior = 0, anterior = 0;
};

/// A quantity of the three regions that groups of leads look at, in mV: lateral I, aVL, V5, V6;
/// inferior II, III, aVF; anterior V1 to V4.
struct Regions {
  double lateral = 0, inferior = 0, anterior = 0;
};

}  // namespace ecg_lora::synthetic
