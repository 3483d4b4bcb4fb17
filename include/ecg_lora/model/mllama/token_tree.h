// Rows that begin alike, packed into one: what they have in common is computed once.
#pragma once

#include <ATen/ATen.h>

namespace ecg_lora::model {

/// The shape of the trees that stand in the rows of a batch instead of texts: each token follows
/// its parent, not its neighbour. B trees, S tokens.
struct TokenTree {
  at::Tensor positions;  ///< [B, S] int64; number of tokens before this one on its own path
  at::Tensor ancestors;  ///< [B, S, S] bool; which tokens a token sees: those of its path, itself
                         ///< among them
};

}  // namespace ecg_lora::model
