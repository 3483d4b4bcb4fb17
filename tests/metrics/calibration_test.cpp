#include "ecg_lora/metrics/labels/calibration.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ecg_lora/base/random.h"

namespace ecg_lora::metrics {
namespace {

struct Sample {
  std::vector<double> probability;
  std::vector<bool> reference;
};

/// True probabilities sigmoid(z); reported ones sigmoid((z - offset) / slope).
Sample sample(double slope, double offset) {
  Sample result;
  Random random{21};
  for (int i = 0; i < 20000; ++i) {
    const double z = random.normal(0, 2);
    result.reference.push_back(random.bernoulli(1 / (1 + std::exp(-z))));
    result.probability.push_back(1 / (1 + std::exp(-(z - offset) / slope)));
  }
  return result;
}

TEST(Temperature, UndoesAScaling) {
  const auto s = sample(2.5, 0);
  const auto c = fit_temperature(s.probability, s.reference);
  EXPECT_NEAR(c.slope, 2.5, 0.08);
  EXPECT_EQ(c.offset, 0);
}

TEST(Platt, UndoesAScalingAndAShift) {
  const auto s = sample(0.5, 1.5);
  const auto c = fit_platt(s.probability, s.reference);
  EXPECT_NEAR(c.slope, 0.5, 0.02);
  EXPECT_NEAR(c.offset, 1.5, 0.05);
  std::vector<double> applied;
  for (const double p : s.probability) applied.push_back(c.apply(p));
  EXPECT_LT(calibration_scores(applied, s.reference).calibration_error, 0.02);
  EXPECT_GT(calibration_scores(s.probability, s.reference).calibration_error, 0.1);
}

TEST(Calibration, StaysFiniteWhereTheClassesAreApartAndAtZeroAndOne) {
  const std::vector<double> p{0, 0, 0.1, 0.9, 1, 1};
  const std::vector<bool> reference{false, false, false, true, true, true};
  for (const auto& c : {fit_temperature(p, reference), fit_platt(p, reference)}) {
    EXPECT_TRUE(std::isfinite(c.slope) && std::isfinite(c.offset));
    for (const double x : p) EXPECT_TRUE(c.apply(x) >= 0 && c.apply(x) <= 1);
  }
  EXPECT_TRUE(std::isfinite(calibration_scores({0, 1}, {true, false}).log_loss));
}

TEST(Calibration, OfOneClassIsTheIdentity) {
  for (const auto& c :
       {fit_temperature({0.2, 0.7}, {true, true}), fit_platt({0.2, 0.7}, {false, false})})
    EXPECT_EQ(c.apply(0.7), 0.7);
  const auto test = make_prediction_table({{1, 1, 10, "L", "", true, 0.7},
                                           {2, 2, 10, "L", "", false, 0.2},
                                           {1, 1, 10, "M", "", true, 0.7}});
  const auto lines = calibrate(make_prediction_table({}), test);
  ASSERT_EQ(lines.size(), 1u);  // M has one class in the test folds
  EXPECT_EQ(lines[0].fitted_on, 0);
  EXPECT_EQ(lines[0].raw.brier, lines[0].with_platt.brier);
}

TEST(Reliability, CountsEveryAnswerOnce) {
  const auto bins = reliability({0, 0.05, 0.1, 0.55, 1}, {false, true, false, true, true});
  ASSERT_EQ(bins.size(), 10u);
  EXPECT_EQ(bins[0].count, 2);
  EXPECT_EQ(bins[0].positives, 1);
  EXPECT_EQ(bins[1].count, 1);
  EXPECT_EQ(bins[5].count, 1);
  EXPECT_EQ(bins[9].count, 1);
  // Wilson: 1 of 2.
  EXPECT_NEAR(bins[0].share_low, 0.0945, 1e-4);
  EXPECT_NEAR(bins[0].share_high, 0.9055, 1e-4);
}

}  // namespace
}  // namespace ecg_lora::metrics
