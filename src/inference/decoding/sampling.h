// Choice of the next token.
#pragma once

#include <ATen/ATen.h>

#include <vector>

#include "ecg_lora/inference/decoding/decode.h"

namespace ecg_lora::decoding {

/// Tokens [B] chosen from logits [B, V] by the temperature, top_k and top_p of `options`, in the
/// order that transformers' logits processors have. `uniform` [B] holds a number in [0, 1) a row:
/// the quantile that is drawn from what is left, likeliest token first. Not looked at where
/// temperature is 0.
at::Tensor choose(const at::Tensor& logits, const DecodeOptions& options,
                  const at::Tensor& uniform);

}  // namespace ecg_lora::decoding
