// What each rank used of its machine, and what that is together.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/cost/energy.h"
#include "ecg_lora/train/distributed/group.h"

namespace ecg_lora::train {

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

/// What each rank sends to the others, in this order.
enum Sent {
  cpu_time,
  tensor_peak,
  process_peak,
  device_peak,
  cpu_joules,
  cpu_covered,
  gpu_joules,
  gpu_covered,
  sent
};

/// A number, or some, of each rank, in their order.
std::vector<std::int64_t> from_all(distributed::Group& group, std::int64_t mine);
std::vector<double> from_all(distributed::Group& group, const std::vector<double>& mine);

/// The number of the GPU that this process computes on.
int device_number(at::Device device);
/// Bytes that libtorch reserved on it at the most; no number on a CPU.
double reserved_peak(at::Device device);
/// The same for the same text, on each rank.
std::int64_t number_of(const std::string& text);

/// The largest of what ranks sent at `place`; nothing if none knows it.
std::optional<std::int64_t> largest(const std::vector<double>& all, Sent place);
double sum_of(const std::vector<double>& all, Sent place);
/// Joules of all `meters` together: nothing unless each is known. `why` is that of this rank.
cost::EnergyUse joined_energy(const std::vector<double>& all, Sent joules, Sent covered,
                              std::int64_t meters, const std::string& why);

}  // namespace ecg_lora::train
