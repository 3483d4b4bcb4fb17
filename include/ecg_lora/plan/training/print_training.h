// Plans of training as JSON and for people: bytes in GB (1e9) there, as numbers in JSON.
#pragma once

#include <ostream>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/plan/training/training_plan.h"

namespace ecg_lora::plan {

/// A device, and whether a step of training fits on it.
struct DeviceFit {
  double gigabytes = 0;     ///< of the device; 0: none was named, and it fits
  std::int64_t usable = 0;  ///< bytes for tensors
  bool fits = true;
  std::vector<Advice> advice;
};
/// On a device of `gigabytes` (1e9 bytes), of which the share `reserve`, 0 to 1, is kept.
DeviceFit fit_on_device(const TrainingInput& input, std::int64_t total, double gigabytes,
                        double reserve);

void print_training(std::ostream& out, const TrainingInput& input, const TrainingPlan& plan);
void print_fit(std::ostream& out, const DeviceFit& fit);
/// Arithmetic of a step, and its time on a device that does `tflops` TFLOP/s (1e12), if not 0.
void print_arithmetic(std::ostream& out, const TrainingPlan& plan, double tflops);
Json training_json(const TrainingInput& input, const TrainingPlan& plan);
/// The time of a step, unless `tflops` is 0, and `fit`, if it names a device.
Json device_json(const TrainingPlan& plan, const DeviceFit& fit, double tflops);

}  // namespace ecg_lora::plan
