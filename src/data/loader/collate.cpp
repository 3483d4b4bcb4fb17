#include <algorithm>

#include "ecg_lora/data/loader/batch_maker.h"

namespace ecg_lora::data {
namespace {

/// Tokens [first, end) that see an image.
struct Reach {
  std::int64_t first = 0, end = 0;
};

/// For each <|image|> token of `tokens`, who sees its image: all from it on up to the next one.
/// Images in a run are seen alike, by all that the last of them is seen by
/// (get_cross_attention_token_mask of transformers' Mllama processor).
std::vector<Reach> reaches(const std::vector<std::int64_t>& tokens, std::int64_t image_id) {
  std::vector<Reach> result;
  for (std::size_t i = 0; i < tokens.size(); ++i)
    if (tokens[i] == image_id)
      result.push_back({static_cast<std::int64_t>(i), static_cast<std::int64_t>(tokens.size())});
  for (std::size_t k = result.size(); k-- > 1;)
    result[k - 1].end =
        result[k].first == result[k - 1].first + 1 ? result[k].end : result[k].first;
  return result;
}

/// Fills row `b` of the batch from `row`.
void place_row(const Row& row, std::int64_t b, const std::vector<Tiles>& images,
               std::int64_t image_id, Batch& batch) {
  const auto length = static_cast<std::int64_t>(row.tokens.size());
  batch.tokens[b].slice(0, 0, length).copy_(at::tensor(row.tokens));
  batch.labels[b].slice(0, 0, length).copy_(at::tensor(row.labels));
  batch.attention_mask[b].slice(0, 0, length).fill_(1);
  batch.sample_ids.push_back(row.sample_id);
  const auto seen = reaches(row.tokens, image_id);
  for (std::size_t k = 0; k < row.images.size(); ++k) {
    const auto m = static_cast<std::int64_t>(k);
    batch.row_images[b][m] = row.images[k];
    const auto& used = images[static_cast<std::size_t>(row.images[k])].aspect_ratio_mask;
    batch.cross_mask[b]
        .select(1, m)
        .slice(0, seen[k].first, seen[k].end)
        .copy_(used.to(at::kBool).expand({seen[k].end - seen[k].first, -1}));
  }
}

void stack_images(const std::vector<Tiles>& images, Batch& batch) {
  std::vector<at::Tensor> pixels, masks;
  std::vector<std::int64_t> ids;
  for (const auto& image : images) {
    pixels.push_back(image.pixels);
    masks.push_back(image.aspect_ratio_mask);
    ids.push_back(image.aspect_ratio_id);
  }
  batch.pixels = at::stack(pixels);
  batch.aspect_ratio_mask = at::stack(masks);
  batch.aspect_ratio_id = at::tensor(ids);
}

}  // namespace

Batch collate(const std::vector<Row>& rows, const std::vector<Tiles>& images, std::int64_t pad_id,
              std::int64_t image_id) {
  const auto count = static_cast<std::int64_t>(rows.size());
  std::size_t longest = 0, most_images = 1;
  for (const auto& row : rows) {
    longest = std::max(longest, row.tokens.size());
    most_images = std::max(most_images, row.images.size());
  }
  const auto length = static_cast<std::int64_t>(longest),
             most = static_cast<std::int64_t>(most_images);
  const auto tiles = images.empty() ? 1 : images.front().pixels.size(0);
  Batch batch;
  batch.tokens = at::full({count, length}, pad_id, at::kLong);
  batch.labels = at::full({count, length}, -100, at::kLong);
  batch.attention_mask = at::zeros({count, length}, at::kLong);
  batch.row_images = at::full({count, most}, -1, at::kLong);
  batch.cross_mask = at::zeros({count, length, most, tiles}, at::kBool);
  for (std::int64_t b = 0; b < count; ++b)
    place_row(rows[static_cast<std::size_t>(b)], b, images, image_id, batch);
  if (!images.empty()) stack_images(images, batch);
  return batch;
}

}  // namespace ecg_lora::data
