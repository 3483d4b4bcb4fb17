#include "leads.h"

#include <algorithm>

#include "beat.h"
#include "ecg_lora/base/error.h"

namespace ecg_lora::synthetic {
namespace {

constexpr double kDeflection = 0.1;  // mV; smaller turns are no deflection of their own
constexpr double kRate = 1000;       // Hz, for the noise-free shape
constexpr double kLead = 0.04;       // s before the onset of QRS

/// Turning points of a curve, each at least kDeflection from the one before; starts at the
/// baseline.
struct Turn {
  double value;
  double time;  ///< s after the onset of QRS
};

std::vector<Turn> turning_points(const std::vector<double>& curve) {
  std::vector<Turn> turns;
  Turn high{0, 0}, low{0, 0};
  int direction = 0;  // +1 rising, -1 falling
  for (std::size_t i = 0; i < curve.size(); ++i) {
    const Turn here{curve[i], static_cast<double>(i) / kRate - kLead};
    if (here.value > high.value) high = here;
    if (here.value < low.value) low = here;
    if (direction >= 0 && here.value < high.value - kDeflection) {
      if (direction > 0) turns.push_back(high);
      direction = -1;
      low = here;
    } else if (direction <= 0 && here.value > low.value + kDeflection) {
      if (direction < 0) turns.push_back(low);
      direction = 1;
      high = here;
    }
  }
  return turns;
}

}  // namespace

const std::array<LeadVector, kMeasured>& measured_leads() {
  static const std::array<LeadVector, kMeasured> kLeads = {{{"I", {1, 0, 0}},
                                                            {"II", {0.5, 0.866, 0}},
                                                            {"V1", {-0.45, -0.10, 0.85}},
                                                            {"V2", {-0.10, -0.05, 1.20}},
                                                            {"V3", {0.30, 0.05, 1.10}},
                                                            {"V4", {0.75, 0.15, 0.80}},
                                                            {"V5", {0.95, 0.20, 0.35}},
                                                            {"V6", {0.90, 0.25, -0.05}}}};
  return kLeads;
}

Vector lead_weight(const std::string& lead) {
  for (const LeadVector& measured : measured_leads()) {
    if (lead == measured.name) return measured.weight;
  }
  if (lead == "III") return {-0.5, 0.866, 0};
  if (lead == "aVR") return {-0.75, -0.433, 0};
  if (lead == "aVL") return {0.75, -0.433, 0};
  if (lead == "aVF") return {0, 0.866, 0};
  throw_usage("expected a standard lead (I, II, III, aVR, aVL, aVF, V1 … V6), got '", lead, "'");
}

double in_lead(const Regions& regions, const std::string& lead) {
  return project(lead_weight(lead), regions.lateral, regions.inferior, regions.anterior);
}

QrsShape qrs_shape(const Morphology& morphology, const std::string& lead) {
  const auto samples = static_cast<std::size_t>((morphology.qrs_duration + 2 * kLead) * kRate);
  Dipole dipole{std::vector<double>(samples), std::vector<double>(samples),
                std::vector<double>(samples)};
  add_beat({qrs_bumps(morphology), {}}, kLead, kRate, dipole);
  const Vector weight = lead_weight(lead);
  std::vector<double> curve(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    curve[i] = project(weight, dipole.left[i], dipole.inferior[i], dipole.anterior[i]);
  }
  QrsShape shape;
  shape.highest = *std::max_element(curve.begin(), curve.end());
  shape.lowest = *std::min_element(curve.begin(), curve.end());
  const std::vector<Turn> turns = turning_points(curve);
  shape.starts_down = !turns.empty() && turns.front().value < 0;
  for (std::size_t i = 1; i < turns.size(); ++i) {
    const bool up = turns[i].value > turns[i - 1].value;
    if (up && turns[i - 1].value < -kDeflection && turns[i].value > kDeflection &&
        turns[i].time > 0.4 * morphology.qrs_duration) {
      shape.late_peak = true;
    }
    if (i >= 2 && turns[i].value * turns[i - 2].value > 0 &&
        turns[i - 1].value * turns[i].value > 0 &&
        std::abs(turns[i - 1].value) < std::abs(turns[i].value)) {
      shape.notched = true;
    }
  }
  return shape;
}

}  // namespace ecg_lora::synthetic
