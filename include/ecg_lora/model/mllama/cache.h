// Keys and values of tokens and images that were seen before, for decoding. B rows, K key/value
// heads, d head size, I images, M most images per row, T tiles, P patches per tile.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace ecg_lora::model {

struct CrossContext;

/// A new one is empty; MllamaImpl::hidden() fills it, call after call, and throws a usage error if
/// it is asked to hold more than `capacity` tokens. All calls must have the same rows and images.
struct Cache {
  /// Of one decoder layer, in the model's dtype and on its device; undefined before the first call.
  ///   self-attention   [B, K, capacity, d]: rotated keys, and values; the first `length` tokens
  ///                    are filled
  ///   cross-attention  computed by the first call: [I, K, T*P, d] if rows are grouped by their
  ///                    image (rows_per_image()), else [B, K, M*T*P, d]
  struct Layer {
    at::Tensor keys, values;
  };
  /// `tokens`: of prompt and answer together.
  explicit Cache(std::int64_t tokens) : capacity(tokens) {}

  std::int64_t capacity;      ///< tokens per row that there is room for
  std::int64_t length = 0;    ///< tokens per row that it holds
  std::vector<Layer> layers;  ///< one per decoder layer
  at::Tensor attention_mask;  ///< [B, capacity] bool, true for real tokens, false for padding
  bool padded = false;        ///< whether a token of the first call is padding
  /// What cross-attention of a single token needs, the same for all that follow: they see the same
  /// tiles. Null before the first of them.
  std::shared_ptr<const CrossContext> single_token;
};

}  // namespace ecg_lora::model
