// What the layers of a model are made with.
#pragma once

#include "ecg_lora/nn/layers/linear.h"

namespace ecg_lora::model {

struct LayerOptions {
  at::TensorOptions tensors;  ///< dtype and device
  nn::WeightMemory linears = nn::WeightMemory::allocated;
};

inline nn::Linear make_linear(std::int64_t in, std::int64_t out, bool bias,
                              const LayerOptions& options) {
  return nn::Linear(in, out, bias, options.tensors, options.linears);
}

}  // namespace ecg_lora::model
