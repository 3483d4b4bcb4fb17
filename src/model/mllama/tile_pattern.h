// Which tokens of an image are real and which are padding: the tail that fills each tile to a
// multiple of 8 tokens, and every token of an unused tile.
#pragma once

#include <ATen/ATen.h>

#include <map>
#include <vector>

namespace ecg_lora::model {

/// The images of each distinct row of `aspect_ratio_mask` [I, T].
std::map<std::vector<bool>, std::vector<std::int64_t>> tile_patterns(
    const at::Tensor& aspect_ratio_mask);

/// The order in which the tower keeps the tokens of an image: real ones first, so that attention
/// reads runs of them.
struct TokenOrder {
  std::int64_t real = 0;  ///< how many are real
  at::Tensor order;       ///< [T*P'] the place of each token among tiles of P' tokens
  at::Tensor tiles;       ///< [T*P'] the tile of each
  at::Tensor patches;     ///< [T*P] the places of the tiles' own tokens in that order
};

/// A tile has `patches` tokens and is padded to `padded`.
TokenOrder token_order(const std::vector<bool>& tile_used, std::int64_t patches,
                       std::int64_t padded, at::Device device);

}  // namespace ecg_lora::model
