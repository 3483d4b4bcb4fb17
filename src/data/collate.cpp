#include <algorithm>

#include "ecg_lora/base/error.h"
#include "ecg_lora/data/ecg_source.h"

namespace ecg_lora::data {
namespace {

/// Fills row `b` of the batch from `row`.
void place_row(const Row& row, std::int64_t b, const std::vector<Tiles>& images, std::int64_t image_id, Batch& batch) {
  const auto length = static_cast<std::int64_t>(row.tokens.size());
  batch.tokens[b].slice(0, 0, length).copy_(at::tensor(row.tokens));
  batch.labels[b].slice(0, 0, length).copy_(at::tensor(row.labels));
  batch.attention_mask[b].slice(0, 0, length).fill_(1);
  batch.row_images[b].fill_(row.image);
  batch.sample_ids.push_back(row.sample_id);
  if (row.image < 0) return;
  const auto first = std::find(row.tokens.begin(), row.tokens.end(), image_id) - row.tokens.begin();
  const auto& used = images[static_cast<std::size_t>(row.image)].aspect_ratio_mask;
  batch.cross_mask[b].slice(0, first, length).copy_(used.to(at::kBool).view({1, 1, -1}).expand({length - first, 1, -1}));
}

}  // namespace

Batch collate(const std::vector<Row>& rows, const std::vector<Tiles>& images, std::int64_t pad_id, std::int64_t image_id) {
  const auto count = static_cast<std::int64_t>(rows.size());
  std::size_t longest = 0;
  for (const auto& row : rows) longest = std::max(longest, row.tokens.size());
  const auto length = static_cast<std::int64_t>(longest);
  const auto tiles = images.empty() ? 1 : images.front().pixels.size(0);
  Batch batch;
  batch.tokens = at::full({count, length}, pad_id, at::kLong);
  batch.labels = at::full({count, length}, -100, at::kLong);
  batch.attention_mask = at::zeros({count, length}, at::kLong);
  batch.row_images = at::full({count, 1}, -1, at::kLong);
  batch.cross_mask = at::zeros({count, length, 1, tiles}, at::kBool);
  for (std::int64_t b = 0; b < count; ++b) place_row(rows[static_cast<std::size_t>(b)], b, images, image_id, batch);
  if (images.empty()) return batch;
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
  return batch;
}

Tiles record_tiles(const ptbxl::Database& database, const ptbxl::RecordInfo& record, int sampling_rate, const render::PageConfig& page,
                   const ImageConfig& image) {
  const auto waveform = wfdb::read_record(database.waveform(record, sampling_rate));
  auto header = render::header_of(waveform);
  header.age = record.age;
  if (record.sex) header.sex = *record.sex == 0 ? "male" : "female";
  return make_tiles(render::draw_page(waveform, page, header).image, image);
}

}  // namespace ecg_lora::data
