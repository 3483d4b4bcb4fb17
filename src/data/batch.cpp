#include "ecg_lora/data/batch.h"

namespace ecg_lora::data {

Batch Batch::to(at::Device device, at::ScalarType pixel_dtype) const {
  const auto move = [&](const at::Tensor& x) { return x.defined() ? x.to(device, /*non_blocking=*/true) : x; };
  Batch result = *this;
  if (pixels.defined()) result.pixels = pixels.to(device, pixel_dtype, /*non_blocking=*/true);
  result.aspect_ratio_id = move(aspect_ratio_id);
  result.aspect_ratio_mask = move(aspect_ratio_mask);
  result.tokens = move(tokens);
  result.attention_mask = move(attention_mask);
  result.row_images = move(row_images);
  result.cross_mask = move(cross_mask);
  result.labels = move(labels);
  return result;
}

}  // namespace ecg_lora::data
