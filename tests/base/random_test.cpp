#include "ecg_lora/base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace ecg_lora {
namespace {

TEST(Random, IsAFunctionOfItsKeys) {
  Random a{1, 2, 3}, b{1, 2, 3};
  for (int i = 0; i < 100; ++i) EXPECT_EQ(a.bits(), b.bits());
  const std::set<std::uint64_t> first = {
      Random{}.bits(),     Random{0}.bits(),    Random{0, 0}.bits(), Random{1}.bits(),
      Random{1, 2}.bits(), Random{2, 1}.bits(), Random{3, 0}.bits(), Random{0, 3}.bits()};
  EXPECT_EQ(first.size(), 8u);
}

TEST(Random, UniformFillsItsIntervalEvenly) {
  Random random{7};
  constexpr int draws = 200'000, bins = 10;
  std::vector<int> counts(bins);
  for (int i = 0; i < draws; ++i) {
    const double value = random.uniform();
    ASSERT_TRUE(value >= 0 && value < 1);
    ++counts[static_cast<std::size_t>(value * bins)];
  }
  double chi_square = 0;
  for (const int count : counts) chi_square += std::pow(count - draws / bins, 2) / (draws / bins);
  EXPECT_LT(chi_square, 27.9);  // 0.1 % of fair generators exceed it at 9 degrees of freedom
}

TEST(Random, NormalHasItsMoments) {
  Random random{8};
  constexpr int draws = 200'000;
  double sum = 0, squares = 0, fourths = 0;
  for (int i = 0; i < draws; ++i) {
    const double value = random.normal(3, 2), z = (value - 3) / 2;
    sum += z, squares += z * z, fourths += z * z * z * z;
  }
  EXPECT_NEAR(sum / draws, 0, 0.01);
  EXPECT_NEAR(squares / draws, 1, 0.02);
  EXPECT_NEAR(fourths / draws, 3, 0.1);
}

TEST(Random, BelowReachesEveryValue) {
  Random random{9};
  std::vector<int> counts(7);
  for (int i = 0; i < 70'000; ++i) ++counts.at(random.uniform_int(7));
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 500);
  EXPECT_EQ(random.uniform_int(1), 0u);
}

TEST(Random, ShufflePermutes) {
  std::vector<int> values(50), sorted(50);
  std::iota(values.begin(), values.end(), 0);
  sorted = values;
  Random{10}.shuffle(values);
  EXPECT_NE(values, sorted);
  std::sort(values.begin(), values.end());
  EXPECT_EQ(values, sorted);
}

}  // namespace
}  // namespace ecg_lora
