#include "ecg_lora/train/loop/dummy_batch.h"

namespace ecg_lora::train {
namespace {

/// One row of one token that looks at one tile of a blank image.
data::Batch dummy_row(const model::VisionConfig& vision) {
  const auto tiles = vision.max_tiles;
  data::Batch batch;
  batch.pixels = at::zeros({1, tiles, vision.channels, vision.image_size, vision.image_size});
  batch.aspect_ratio_id = at::ones({1}, at::kLong);
  batch.aspect_ratio_mask = at::zeros({1, tiles}, at::kLong);
  batch.aspect_ratio_mask.select(1, 0).fill_(1);
  batch.tokens = at::zeros({1, 1}, at::kLong);
  batch.attention_mask = at::ones({1, 1}, at::kLong);
  batch.row_images = at::zeros({1, 1}, at::kLong);
  batch.cross_mask = batch.aspect_ratio_mask.to(at::kBool).view({1, 1, 1, tiles});
  batch.labels = at::full({1, 1}, -100, at::kLong);
  batch.sample_ids = {-1};
  return batch;
}

/// The rows of `batch`, none of which looks at an image, and the row of `other`.
data::Batch with_row(const data::Batch& batch, const data::Batch& other) {
  const auto rows = batch.rows(), tokens = batch.tokens.size(1), tiles = other.cross_mask.size(3);
  const auto below = [&](const at::Tensor& above, const at::Tensor& row, std::int64_t padding) {
    return at::cat({above, at::constant_pad_nd(row, {0, tokens - 1}, padding).to(above.options())});
  };
  data::Batch result = other;
  result.tokens = below(batch.tokens, other.tokens, 0);
  result.attention_mask = below(batch.attention_mask, other.attention_mask, 0);
  result.labels = below(batch.labels, other.labels, -100);
  result.row_images = at::full({rows + 1, 1}, -1, at::kLong);
  result.row_images[rows][0] = 0;
  result.cross_mask = at::zeros({rows + 1, tokens, 1, tiles}, at::kBool);
  result.cross_mask[rows][0][0][0] = true;
  result.sample_ids = batch.sample_ids;
  result.sample_ids.push_back(-1);
  return result;
}

}  // namespace

data::Batch with_every_layer(const data::Batch& batch, const model::ModelConfig& config) {
  const bool rows = batch.tokens.defined() && batch.rows() > 0;
  if (rows && batch.row_images.defined() && batch.row_images.ge(0).any().item<bool>()) return batch;
  const auto row = dummy_row(config.vision);
  return rows ? with_row(batch, row) : row;
}

}  // namespace ecg_lora::train
