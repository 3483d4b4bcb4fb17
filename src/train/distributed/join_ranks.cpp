#include "ecg_lora/train/distributed/join_ranks.h"

#include <ATen/Parallel.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/cuda.h>

#include "ecg_lora/base/log.h"

namespace ecg_lora::distributed {
namespace {

/// A batch of a large model on a CPU may take hours; a process that ends is noticed at once.
constexpr auto kLongestBatch = std::chrono::hours(24);
constexpr auto kLongestStart = std::chrono::minutes(30);

/// Where this process stands, which takes the GPU of its local rank and is quiet unless it is the
/// first.
LaunchEnvironment enter_launch(bool cuda) {
  auto launch = launch_environment();
  if (launch.ranks > 1 && cuda) {
    const auto index = static_cast<c10::DeviceIndex>(launch.local_rank %
                                                     static_cast<int>(torch::cuda::device_count()));
    c10::impl::getDeviceGuardImpl(at::kCUDA)->setDevice({at::kCUDA, index});
  }
  if (launch.rank > 0) log_only_warnings();
  return launch;
}

}  // namespace

Ranks join_ranks(at::Device device, std::chrono::seconds patience) {
  const auto launch = enter_launch(device.is_cuda());
  const auto group = join_group(launch, device, patience);
  if (launch.ranks > 1)
    log_info(cat(launch.ranks, " processes train together",
                 launch.attempt > 0 ? ", started again by the launcher" : ""));
  return {group, launch.attempt > 0};
}

Team join_team(bool cuda, int threads, const std::string& pieces) {
  const auto launch = enter_launch(cuda);
  const auto group = join_group(launch, at::kCPU, kLongestStart, kLongestBatch);
  if (threads <= 0) threads = at::get_num_threads();
  if (launch.ranks > 1)
    log_info(cat(launch.ranks, " processes share the ", pieces, ", with ", threads,
                 threads == 1 ? " thread each" : " threads each"));
  return Team(group);
}

}  // namespace ecg_lora::distributed
