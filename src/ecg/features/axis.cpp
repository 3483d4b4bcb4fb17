#include "ecg_lora/ecg/features/axis.h"

#include <cmath>
#include <numbers>

#include "ecg_lora/base/error.h"
#include "median_beat.h"

namespace ecg_lora::features {
namespace {

constexpr double kDirected = 0.15;       // net over whole area: below it the axis has no direction
constexpr double kContradiction = 0.15;  // of Einthoven's law, over the area of the three leads

double area(const Signal& signal) {
  double sum = 0;
  for (const double value : signal) sum += value;
  return sum;
}

double size(const Signal& signal) {
  double sum = 0;
  for (const double value : signal) sum += std::abs(value);
  return sum;
}

Signal combined(const Signal& a, double weight, const Signal& b) {
  Signal result = a;
  for (std::size_t i = 0; i < a.size(); ++i) result[i] += weight * b[i];
  return result;
}

bool contradict(const MedianBeat& beat) {
  if (!beat.has("II") || !beat.has("III")) return false;
  const Signal one = beat.qrs("I"), two = beat.qrs("II"), three = beat.qrs("III");
  const Signal rest = combined(combined(two, -1, one), -1, three);
  return size(rest) > kContradiction * (size(one) + size(two) + size(three));
}

}  // namespace

AxisClass axis_class(double degrees) {
  if (degrees < -90) return AxisClass::extreme;
  if (degrees < -30) return AxisClass::left;
  return degrees <= 90 ? AxisClass::normal : AxisClass::right;
}

const char* name_of(AxisClass axis_class) {
  switch (axis_class) {
    case AxisClass::normal:
      return "normal";
    case AxisClass::left:
      return "left";
    case AxisClass::right:
      return "right";
    default:
      return "extreme";
  }
}

AxisClass Axis::axis_class() const {
  return features::axis_class(degrees);
}

double Axis::margin() const {
  double nearest = 180;
  for (const double border : {-180.0, -90.0, -30.0, 90.0, 180.0})
    nearest = std::min(nearest, std::abs(degrees - border));
  return nearest;
}

Measured<Axis> measure_axis(const wfdb::Record& record, const Measured<Beats>& beats) {
  using Result = Measured<Axis>;
  if (!beats) return Result::none(beats.reason());
  const MedianBeat beat(record, *beats);
  if (!beat.has("I")) return Result::none("there is no valid lead I");
  if (!beat.has("aVF") && !beat.has("II") && !beat.has("III"))
    return Result::none("there is no valid lead aVF, II or III");
  if (contradict(beat)) return Result::none("I, II and III contradict Einthoven's law");
  const Signal one = beat.qrs("I");
  const Signal foot = beat.has("aVF")  ? beat.qrs("aVF")
                      : beat.has("II") ? combined(beat.qrs("II"), -0.5, one)
                                       : combined(beat.qrs("III"), 0.5, one);
  const double augmented = 2 / std::numbers::sqrt3;
  const double x = area(one), y = augmented * area(foot),
               whole = std::hypot(size(one), augmented * size(foot));
  Axis axis{std::atan2(y, x) * 180 / std::numbers::pi, whole > 0 ? std::hypot(x, y) / whole : 0};
  if (!(axis.net >= kDirected))
    return Result::none(cat("positive and negative QRS areas cancel (net ",
                            std::lround(100 * axis.net), " % of the area)"));
  return axis;
}

}  // namespace ecg_lora::features
