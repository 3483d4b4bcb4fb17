// The memory of this machine and of its CUDA device, and who shares it.
#include <ATen/ATen.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <torch/cuda.h>

#include <cstdlib>

#include "ecg_lora/plan/inference/available_memory.h"

namespace ecg_lora::plan {
namespace {

/// The number that an environment variable begins with, such as the 4 of Slurm's "4(x2)"; 0 if it
/// is not set or begins with none.
std::int64_t leading_number(const char* name) {
  const char* value = std::getenv(name);
  return value ? std::max<std::int64_t>(0, std::strtoll(value, nullptr, 10)) : 0;
}

/// Free bytes of the device that this process will take.
std::int64_t free_on_device() {
  const auto local = leading_number(std::getenv("WORLD_SIZE") ? "LOCAL_RANK" : "SLURM_LOCALID");
  const auto count = static_cast<std::int64_t>(torch::cuda::device_count());
  const auto index = static_cast<c10::DeviceIndex>(local % std::max<std::int64_t>(1, count));
  const auto [left, all] = at::getDeviceAllocator(at::kCUDA)->getMemoryInfo(index);
  return static_cast<std::int64_t>(left);
}

}  // namespace

std::int64_t processes_here() {
  const auto of_torchrun = leading_number("LOCAL_WORLD_SIZE");
  const auto of_slurm = leading_number("SLURM_STEP_TASKS_PER_NODE");
  return std::max<std::int64_t>(1, std::getenv("WORLD_SIZE") ? of_torchrun : of_slurm);
}

AvailableMemory available_memory(bool cuda) {
  AvailableMemory available{memory_limits(), std::nullopt, processes_here()};
  if (cuda) available.device = free_on_device();
  return available;
}

}  // namespace ecg_lora::plan
