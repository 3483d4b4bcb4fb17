// Batches without rows or images are given a row that puts every layer to work and changes no loss.
#include "ecg_lora/train/loop/dummy_batch.h"

#include <gtest/gtest.h>

namespace ecg_lora::train {
namespace {

model::ModelConfig config() {
  model::ModelConfig config;
  config.vision.image_size = 8;
  config.vision.max_tiles = 4;
  return config;
}

/// Two rows of three tokens; without images, as data::collate() makes them.
data::Batch text_only() {
  data::Batch batch;
  batch.tokens = at::arange(6, at::kLong).view({2, 3});
  batch.attention_mask = at::ones({2, 3}, at::kLong);
  batch.labels = batch.tokens.clone();
  batch.row_images = at::full({2, 1}, -1, at::kLong);
  batch.cross_mask = at::zeros({2, 3, 1, 1}, at::kBool);
  batch.sample_ids = {7, 8};
  return batch;
}

void expect_row_that_learns_nothing(const data::Batch& batch, std::int64_t rows,
                                    std::int64_t tokens) {
  ASSERT_EQ(batch.rows(), rows);
  EXPECT_EQ(batch.tokens.size(1), tokens);
  EXPECT_EQ(batch.pixels.sizes(), (at::IntArrayRef{1, 4, 3, 8, 8}));
  EXPECT_EQ(batch.row_images[rows - 1][0].item<std::int64_t>(), 0);
  EXPECT_EQ(batch.cross_mask.sizes(), (at::IntArrayRef{rows, tokens, 1, 4}));
  EXPECT_EQ(batch.cross_mask.sum().item<std::int64_t>(), 1);
  EXPECT_TRUE(batch.labels[rows - 1].eq(-100).all().item<bool>());
  EXPECT_EQ(batch.attention_mask[rows - 1].sum().item<std::int64_t>(), 1);
  EXPECT_EQ(batch.sample_ids.size(), static_cast<std::size_t>(rows));
}

TEST(DummyBatch, LeavesABatchWithAnImageAlone) {
  auto batch = text_only();
  batch.row_images[1][0] = 0;
  batch.pixels = at::zeros({1, 1, 3, 8, 8});
  const auto result = with_every_layer(batch, config());
  EXPECT_TRUE(result.tokens.is_same(batch.tokens));
  EXPECT_TRUE(result.pixels.is_same(batch.pixels));
}

TEST(DummyBatch, AddsARowToTextAlone) {
  const auto batch = text_only();
  const auto result = with_every_layer(batch, config());
  expect_row_that_learns_nothing(result, 3, 3);
  EXPECT_TRUE(result.tokens.slice(0, 0, 2).equal(batch.tokens));
  EXPECT_TRUE(result.labels.slice(0, 0, 2).equal(batch.labels));
  EXPECT_TRUE(result.row_images.slice(0, 0, 2).eq(-1).all().item<bool>());
}

TEST(DummyBatch, IsTheBatchWhereThereIsNone) {
  data::Batch empty;
  empty.tokens = at::zeros({0, 0}, at::kLong);
  expect_row_that_learns_nothing(with_every_layer(empty, config()), 1, 1);
  expect_row_that_learns_nothing(with_every_layer({}, config()), 1, 1);
}

}  // namespace
}  // namespace ecg_lora::train
