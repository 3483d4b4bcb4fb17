#include "ecg_lora/metrics/statistics/logistic.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ecg_lora::metrics {
namespace {

TEST(Logistic, OfOneClassIsItsShare) {
  const auto none = fit_logistic({{1.0}, {2.0}, {3.0}}, {false, false, false});
  EXPECT_TRUE(none.coefficients.empty());
  EXPECT_NEAR(none.probability({5.0}), 0.5 / 4, 1e-12);
  EXPECT_NEAR(fit_logistic({{1.0}}, {true}).probability({0.0}), 1 - 0.25, 1e-12);
}

TEST(Logistic, ThePenaltyKeepsSeparableClassesFinite) {
  const auto model = fit_logistic({{-2.0}, {-1.0}, {1.0}, {2.0}}, {false, false, true, true});
  ASSERT_EQ(model.coefficients.size(), 1u);
  EXPECT_GT(model.coefficients[0], 0.5);
  EXPECT_LT(model.coefficients[0], 5);
  EXPECT_NEAR(model.intercept, 0, 1e-9);
  EXPECT_GT(model.probability({2.0}), 0.8);
}

TEST(Standardizer, MissingIsTheMeanAndIsSaid) {
  const Standardizer s({{1.0, 4.0, 7.0}, {3.0, std::nullopt, 7.0}});
  EXPECT_EQ(s.apply({1.0, 4.0, 7.0}), (std::vector<double>{-1, 0, 0, 0}));
  EXPECT_EQ(s.apply({std::nullopt, std::nullopt, 9.0}), (std::vector<double>{0, 0, 0, 1}));
}

}  // namespace
}  // namespace ecg_lora::metrics
