// The lead vectors: how much of the heart vector each lead sees.
#pragma once

#include <array>
#include <string>

#include "ecg_lora/synthetic/heart/signal.h"

namespace ecg_lora::synthetic {

/// A measured lead. The other four limb leads follow from I and II.
struct LeadVector {
  const char* name;
  Vector weight;
};

inline constexpr std::size_t kMeasured = 8;
/// I, II, V1 … V6. Limb leads as Einthoven's equilateral triangle; chest leads at their angles in
/// the horizontal plane, stronger near the heart.
const std::array<LeadVector, kMeasured>& measured_leads();

/// The weight of any standard lead.
Vector lead_weight(const std::string& lead);

inline double project(const Vector& weight, double left, double inferior, double anterior) {
  return weight.left * left + weight.inferior * inferior + weight.anterior * anterior;
}

}  // namespace ecg_lora::synthetic
