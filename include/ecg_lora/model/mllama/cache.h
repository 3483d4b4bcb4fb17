// Keys and values of tokens and images that were seen before.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace ecg_lora::model {

struct CrossContext;

/// One entry a decoder layer. Self-attention: [B, K, capacity, d], rotated, filled up to `length`.
/// Cross-attention, computed once: [I, K, T*P, d] where rows are grouped by their image, else [B,
/// K, M*T*P, d].
struct Cache {
  struct Layer {
    at::Tensor keys, values;
  };
  explicit Cache(std::int64_t tokens) : capacity(tokens) {}
  std::int64_t capacity;    ///< tokens there is room for, allocated with the first of them
  std::int64_t length = 0;  ///< tokens it holds
  std::vector<Layer> layers;
  at::Tensor attention_mask;  ///< [B, capacity] bool
  bool padded = false;        ///< the mask has a zero in what is filled
  std::shared_ptr<const CrossContext>
      next;  ///< of single tokens: all that follow the first tokens see the same tiles
};

}  // namespace ecg_lora::model
