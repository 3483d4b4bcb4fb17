#include "group_nccl.h"

#ifdef ECG_LORA_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

namespace ecg_lora::distributed {

#ifdef ECG_LORA_NCCL
c10::intrusive_ptr<c10d::Backend> nccl_backend(const c10::intrusive_ptr<c10d::Store>& store,
                                               int rank, int ranks,
                                               std::chrono::milliseconds patience) {
  const auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = patience;
  return c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, ranks, options);
}
#else
c10::intrusive_ptr<c10d::Backend> nccl_backend(const c10::intrusive_ptr<c10d::Store>&, int, int,
                                               std::chrono::milliseconds) {
  return {};
}
#endif

}  // namespace ecg_lora::distributed
