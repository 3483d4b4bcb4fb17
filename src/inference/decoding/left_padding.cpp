#include "left_padding.h"

#include "ecg_lora/base/error.h"

namespace ecg_lora::decoding {

data::Batch left_padded(const data::Batch& batch) {
  auto result = batch;
  result.labels = at::Tensor();
  const auto& mask = batch.attention_mask;
  if (mask.eq(0).all(1).any().item<bool>())
    throw_usage("a row of a batch has no token, expected a prompt");
  if (mask.select(1, -1).ne(0).all().item<bool>()) return result;
  const auto length = mask.size(1);
  const auto place = at::arange(length, mask.options());
  const auto last = mask.mul(place).argmax(1);
  // Each row is turned by its padding on the right.
  const auto from = (place.unsqueeze(0) + last.unsqueeze(1) + 1).remainder(length);
  result.tokens = batch.tokens.gather(1, from);
  result.attention_mask = mask.gather(1, from);
  if (batch.cross_mask.defined())
    result.cross_mask =
        batch.cross_mask.gather(1, from.view({-1, length, 1, 1}).expand_as(batch.cross_mask));
  return result;
}

}  // namespace ecg_lora::decoding
