#include "ranks.h"

#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/cuda.h>

#include "ecg_lora/base/log.h"

namespace ecg_lora::tools {

Ranks join_ranks(const ComputeConfig& compute, std::int64_t timeout) {
  const auto place = train::place_from_environment();
  const auto device = model::parse_device(compute.device);
  if (place.ranks > 1 && device.is_cuda()) {
    const auto index = static_cast<c10::DeviceIndex>(place.local_rank % static_cast<int>(torch::cuda::device_count()));
    c10::impl::getDeviceGuardImpl(at::kCUDA)->setDevice({at::kCUDA, index});
  }
  if (place.rank > 0) log_only_trouble();
  const auto group = train::join_group(place, device, std::chrono::seconds(timeout));
  if (place.ranks > 1) log_info(cat(place.ranks, " processes train together", place.attempt > 0 ? ", started again by the launcher" : ""));
  return {group, place.attempt > 0};
}

}  // namespace ecg_lora::tools
