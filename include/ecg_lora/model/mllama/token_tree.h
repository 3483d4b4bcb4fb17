// Rows that begin alike, packed into one: what they have in common is computed once.
#pragma once

#include <ATen/ATen.h>

namespace ecg_lora::model {

/// The shape of the trees that the rows of a batch hold instead of texts: each token follows its
/// parent, not its neighbour. B trees, S tokens. The tensors may be in host memory.
struct TokenTree {
  at::Tensor positions;  ///< [B, S] int64; number of tokens before this one on its own path
  /// [B, S, S] bool, true: token i attends to token j, which is on its path; each to itself.
  at::Tensor ancestors;
};

}  // namespace ecg_lora::model
