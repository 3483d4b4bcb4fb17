// NCCL, where libtorch and its headers are at hand.
#pragma once

#include <torch/csrc/distributed/c10d/Backend.hpp>

#include <chrono>

namespace ecg_lora::distributed {

/// Null where this build has no NCCL.
c10::intrusive_ptr<c10d::Backend> nccl_backend(const c10::intrusive_ptr<c10d::Store>& store,
                                               int rank, int ranks,
                                               std::chrono::milliseconds patience);

}  // namespace ecg_lora::distributed
