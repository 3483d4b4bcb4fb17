// Keys and values of tokens and images that were seen before.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

namespace ecg_lora::model {

/// One entry a decoder layer. Self-attention: [B, K, past, d], rotated. Cross-attention: [I, K, T*P, d], computed once.
struct Cache {
  struct Layer {
    at::Tensor keys, values;
  };
  std::vector<Layer> layers;
  at::Tensor attention_mask;  ///< [B, past]
  std::int64_t length = 0;    ///< past tokens
};

}  // namespace ecg_lora::model
