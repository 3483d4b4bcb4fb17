#include "canvas.h"

#include <gtest/gtest.h>

namespace ecg_lora::data {
namespace {

TEST(Canvas, ElevenBHasEightInTheOrderOfTheirIds) {
  const std::vector<Canvas> expected{{1, 1}, {1, 2}, {1, 3}, {1, 4},
                                     {2, 1}, {2, 2}, {3, 1}, {4, 1}};
  EXPECT_EQ(all_canvases(4), expected);
  EXPECT_EQ(all_canvases(1), (std::vector<Canvas>{{1, 1}}));
}

TEST(Canvas, IsTheSmallestUpscale) {
  EXPECT_EQ(choose_canvas(560, 560, 560, 4), (Canvas{1, 1}));
  EXPECT_EQ(choose_canvas(864, 1120, 560, 4),
            (Canvas{2, 2}));  // the page at 4 px/mm: scale 1 exactly
  EXPECT_EQ(choose_canvas(100, 1500, 560, 4), (Canvas{1, 3}));
  EXPECT_EQ(choose_canvas(561, 100, 560, 4), (Canvas{2, 1}));
}

TEST(Canvas, IsTheLargestDownscaleWhereNothingFits) {
  EXPECT_EQ(choose_canvas(5000, 5000, 560, 4), (Canvas{2, 2}));
  EXPECT_EQ(choose_canvas(100, 9000, 560, 4), (Canvas{1, 4}));
  EXPECT_EQ(choose_canvas(9000, 100, 560, 4), (Canvas{4, 1}));
}

TEST(Canvas, TiesAreBrokenByArea) {
  // Scale 1 on 1x2 and on 2x2 alike.
  EXPECT_EQ(choose_canvas(500, 1120, 560, 4), (Canvas{1, 2}));
}

TEST(Canvas, ImagesKeepTheirSizeWhereTheyFitAndNeverVanish) {
  EXPECT_EQ(fit_to_canvas(864, 1120, {2, 2}, 560), (std::array<int, 2>{864, 1120}));
  EXPECT_EQ(fit_to_canvas(100, 200, {1, 1}, 560), (std::array<int, 2>{280, 560}));
  EXPECT_EQ(fit_to_canvas(1, 3000, {1, 4}, 560), (std::array<int, 2>{1, 2240}));
  EXPECT_EQ(fit_to_canvas(1, 5000, {1, 4}, 560), (std::array<int, 2>{1, 2240}));
  EXPECT_EQ(fit_to_canvas(2240, 2240, {2, 2}, 560), (std::array<int, 2>{1120, 1120}));
}

}  // namespace
}  // namespace ecg_lora::data
