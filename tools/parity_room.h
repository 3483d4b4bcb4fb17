// What the parity program needs, before weights are read.
#pragma once

#include <string>

#include "ecg_lora/data/batch.h"
#include "ecg_lora/plan/room.h"

namespace ecg_lora::tools {

struct ParityBase {
  std::string model, adapter;
  at::ScalarType dtype;
  bool cuda = false, force = false;
};

/// Usage error if a pass over `batch`, with gradients of the adapter if there is one, will not fit
/// into memory.
void require_parity_room(const ParityBase& base, const data::Batch& batch);

}  // namespace ecg_lora::tools
