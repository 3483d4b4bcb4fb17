#include "base/expect_error.h"
#include "ecg_lora/data/loader/batch_maker.h"

namespace ecg_lora::data {
namespace {

constexpr std::int64_t kPad = 90, kImageToken = 91;

/// `used` of three tiles of 2 px, filled with `value`.
Tiles tiles(std::int64_t used, float value) {
  Tiles result{at::zeros({3, 3, 2, 2}), used, at::zeros({3}, at::kLong)};
  result.pixels.slice(0, 0, used).fill_(value);
  result.aspect_ratio_mask.slice(0, 0, used).fill_(1);
  return result;
}

at::Tensor longs(std::vector<std::int64_t> values) {
  return at::tensor(values);
}

/// Row 0: five tokens, the image token third, image 1. Row 1: three tokens, no image.
Batch example() {
  const std::vector<Row> rows{{{1, 2, kImageToken, 4, 5}, {-100, -100, -100, 4, 5}, {1}, 70},
                              {{6, 7, 8}, {-100, 7, 8}, {}, 71}};
  return collate(rows, {tiles(3, 1), tiles(2, 5)}, kPad, kImageToken);
}

TEST(Collate, PadsOnTheRight) {
  const auto batch = example();
  EXPECT_TRUE(
      at::equal(batch.tokens, longs({1, 2, kImageToken, 4, 5, 6, 7, 8, kPad, kPad}).view({2, 5})));
  EXPECT_TRUE(at::equal(batch.attention_mask, longs({1, 1, 1, 1, 1, 1, 1, 1, 0, 0}).view({2, 5})));
  EXPECT_TRUE(at::equal(batch.labels,
                        longs({-100, -100, -100, 4, 5, -100, 7, 8, -100, -100}).view({2, 5})));
  EXPECT_EQ(batch.sample_ids, (std::vector<std::int64_t>{70, 71}));
  EXPECT_EQ(batch.rows(), 2);
}

TEST(Collate, ATokenSeesTheUsedTilesOfItsImageFromTheImageTokenOn) {
  const auto batch = example();
  ASSERT_EQ(batch.cross_mask.sizes(), (std::vector<std::int64_t>{2, 5, 1, 3}));
  auto expected = at::zeros({2, 5, 1, 3}, at::kBool);
  expected[0].slice(0, 2, 5).slice(2, 0, 2).fill_(true);
  EXPECT_TRUE(at::equal(batch.cross_mask, expected));
  EXPECT_TRUE(at::equal(batch.row_images, longs({1, -1}).view({2, 1})));
}

TEST(Collate, PaddingOfAShorterRowSeesNoImage) {
  const auto batch =
      collate({{{kImageToken, 1}, {-100, 1}, {0}, 0}, {{1, 1, 1, 1}, {1, 1, 1, 1}, {}, 1}},
              {tiles(1, 1)}, kPad, kImageToken);
  EXPECT_EQ(batch.cross_mask[0].sum().item<std::int64_t>(), 2);
  EXPECT_FALSE(batch.cross_mask[0].slice(0, 2, 4).any().item<bool>());
}

/// A row [7, image, image, 8, image, 9] on images 2, 0 and 1, and one with one image.
TEST(Collate, AnImageIsSeenUpToTheNextThatIsNotInItsRun) {
  const auto batch = collate({{{7, kImageToken, kImageToken, 8, kImageToken, 9},
                               {-100, -100, -100, 8, -100, 9},
                               {2, 0, 1},
                               0},
                              {{kImageToken, 5}, {-100, 5}, {1}, 1}},
                             {tiles(1, 1), tiles(2, 2), tiles(3, 3)}, kPad, kImageToken);
  EXPECT_TRUE(at::equal(batch.row_images, longs({2, 0, 1, 1, -1, -1}).view({2, 3})));
  ASSERT_EQ(batch.cross_mask.sizes(), (std::vector<std::int64_t>{2, 6, 3, 3}));
  auto expected = at::zeros({2, 6, 3, 3}, at::kBool);
  expected[0].slice(0, 1, 4).select(1, 0).slice(1, 0, 3).fill_(
      true);  // the run of the first two ends where the third begins
  expected[0].slice(0, 2, 4).select(1, 1).slice(1, 0, 1).fill_(true);
  expected[0].slice(0, 4, 6).select(1, 2).slice(1, 0, 2).fill_(true);
  expected[1].slice(0, 0, 2).select(1, 0).slice(1, 0, 2).fill_(true);
  EXPECT_TRUE(at::equal(batch.cross_mask, expected));
}

TEST(Collate, ABatchMayBeWithoutRows) {
  const auto batch = collate({}, {}, kPad, kImageToken);
  EXPECT_EQ(batch.rows(), 0);
  EXPECT_EQ(batch.labels.numel(), 0);
}

TEST(Collate, StacksEachImageOnce) {
  const auto batch = example();
  ASSERT_EQ(batch.pixels.sizes(), (std::vector<std::int64_t>{2, 3, 3, 2, 2}));
  EXPECT_TRUE(at::equal(batch.pixels[0], at::ones({3, 3, 2, 2})));
  EXPECT_TRUE(at::equal(batch.pixels[1][1], at::full({3, 2, 2}, 5.0F)));
  EXPECT_TRUE(at::equal(batch.pixels[1][2], at::zeros({3, 2, 2})));
  EXPECT_TRUE(at::equal(batch.aspect_ratio_id, longs({3, 2})));
  EXPECT_TRUE(at::equal(batch.aspect_ratio_mask, longs({1, 1, 1, 1, 1, 0}).view({2, 3})));
}

TEST(Collate, TextAloneHasNoPixels) {
  const auto batch = collate({{{1, 2}, {-100, 2}, {}, 3}}, {}, kPad, kImageToken);
  EXPECT_FALSE(batch.pixels.defined());
  EXPECT_FALSE(batch.cross_mask.any().item<bool>());
  EXPECT_EQ(batch.row_images.item<std::int64_t>(), -1);
}

}  // namespace
}  // namespace ecg_lora::data
