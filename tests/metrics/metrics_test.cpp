#include "ecg_lora/metrics/statistics/metrics.h"

#include "ecg_lora/metrics/labels/thresholds.h"

#include <gtest/gtest.h>

#include "ecg_lora/base/random.h"

namespace ecg_lora::metrics {
namespace {

using Probabilities = std::vector<double>;
using References = std::vector<bool>;

Confusion confusion(const std::vector<double>& p, const References& reference, double threshold,
                    const std::vector<double>* weight = nullptr) {
  return Ranking(p, reference).sums(threshold, weight).at_threshold;
}

double brier(const std::vector<double>& p, const References& reference,
             const std::vector<double>* weight = nullptr) {
  return values_of(Ranking(p, reference).sums(0.5, weight))[Metric::brier].value_or(0);
}

TEST(Ranking, TiesCountHalf) {
  const Ranking ranking({0.9, 0.5, 0.5, 0.1}, {true, true, false, false});
  // Of the four pairs three are won and one is level.
  EXPECT_DOUBLE_EQ(*ranking.auroc(), 3.5 / 4);
  // Recall 1/2 at precision 1, then 1/2 more at precision 2/3.
  EXPECT_DOUBLE_EQ(*ranking.average_precision(), 0.5 + 0.5 * 2 / 3);
  EXPECT_EQ(ranking.positives(), 2);
  EXPECT_EQ(ranking.size(), 4u);
}

TEST(Ranking, AllLevelIsChance) {
  const Ranking ranking({0.5, 0.5, 0.5, 0.5}, {true, false, false, false});
  EXPECT_DOUBLE_EQ(*ranking.auroc(), 0.5);
  EXPECT_DOUBLE_EQ(*ranking.average_precision(), 0.25);
}

TEST(Ranking, AMissingClassIsUndefined) {
  EXPECT_EQ(Ranking({0.1, 0.2}, {false, false}).auroc(), std::nullopt);
  EXPECT_EQ(Ranking({0.1, 0.2}, {false, false}).average_precision(), std::nullopt);
  EXPECT_EQ(Ranking({0.1, 0.2}, {true, true}).auroc(), std::nullopt);
  EXPECT_EQ(Ranking({0.1, 0.2}, {true, true}).average_precision(), 1.0);
  EXPECT_EQ(Ranking({}, {}).auroc(), std::nullopt);
  // A resample may leave a class out that the whole has.
  const std::vector<double> weight{0, 2};
  EXPECT_EQ(Ranking({0.1, 0.2}, {true, false}).auroc(&weight), std::nullopt);
  EXPECT_EQ(Ranking({0.1, 0.2}, {true, false}).average_precision(&weight), std::nullopt);
}

TEST(Weights, AreTheSameAsRepeatedRecords) {
  Random random{20240601};
  for (int trial = 0; trial < 50; ++trial) {
    Probabilities p, repeated_p;
    References reference, repeated_reference;
    std::vector<double> weight;
    for (int i = 0; i < 30; ++i) {
      p.push_back(static_cast<double>(random.uniform_int(8)) / 8);
      reference.push_back(random.bernoulli(0.4));
      weight.push_back(static_cast<int>(random.uniform_int(4)));
      repeated_p.insert(repeated_p.end(), static_cast<std::size_t>(weight.back()), p.back());
      repeated_reference.insert(repeated_reference.end(), static_cast<std::size_t>(weight.back()),
                                reference.back());
    }
    const Ranking weighted(p, reference), repeated(repeated_p, repeated_reference);
    EXPECT_EQ(weighted.auroc(&weight), repeated.auroc());
    EXPECT_EQ(weighted.average_precision(&weight), repeated.average_precision());
    EXPECT_EQ(confusion(p, reference, 0.5, &weight).f1(),
              confusion(repeated_p, repeated_reference, 0.5).f1());
    EXPECT_NEAR(brier(p, reference, &weight), brier(repeated_p, repeated_reference), 1e-15);
  }
}

TEST(Confusion, CountsTheThresholdItselfAsPositive) {
  const auto counts = confusion({0.9, 0.5, 0.5, 0.1, 0.2}, {true, true, false, false, true}, 0.5);
  EXPECT_EQ(counts.true_positive, 2);
  EXPECT_EQ(counts.false_positive, 1);
  EXPECT_EQ(counts.false_negative, 1);
  EXPECT_EQ(counts.true_negative, 1);
  EXPECT_DOUBLE_EQ(counts.f1(), 4.0 / 6);
  EXPECT_EQ(Confusion{}.f1(), 0);
}

TEST(Brier, IsTheMeanSquaredError) {
  EXPECT_DOUBLE_EQ(brier({0.8, 0.3}, {true, false}), (0.04 + 0.09) / 2);
}

TEST(Threshold, TakesTheHighestOfSeveralWithTheBestF1) {
  // At 0.8: F1 = 2/3 of one hit in one of two; at 0.4: two hits of four, 4/6 as well.
  EXPECT_EQ(choose_threshold({0.8, 0.6, 0.5, 0.4}, {true, false, false, true}, {}), 0.8);
  // The whole group of equal probabilities is above a threshold or none of it.
  EXPECT_EQ(choose_threshold({0.8, 0.8, 0.3}, {true, false, true}, {}), 0.3);
  EXPECT_EQ(choose_threshold({0.9, 0.1}, {false, false}, {}), 0.5);
  EXPECT_EQ(choose_threshold({}, {}, {}), 0.5);
}

TEST(Threshold, OfEveryRule) {
  const Probabilities p{0.9, 0.8, 0.7, 0.6, 0.2, 0.1};
  const References reference{true, false, true, false, true, false};
  EXPECT_EQ(choose_threshold(p, reference, {"youden", 0}),
            0.9);  // 1/3, 0, 1/3, 0, 1/3, 0: the highest
  EXPECT_EQ(choose_threshold(p, reference, {"sensitivity", 0.6}), 0.7);
  EXPECT_EQ(choose_threshold(p, reference, {"sensitivity", 1}), 0.2);
  EXPECT_EQ(choose_threshold(p, reference, {"fixed", 0}), 0.5);
  for (const char* rule : {"f1", "youden", "sensitivity"})
    EXPECT_EQ(choose_threshold({0.2, 0.3}, {false, false}, {rule, 0.9}), 0.5) << rule;
  EXPECT_EQ(choose_threshold({0.2, 0.3}, {true, true}, {"youden", 0.9}), 0.5);
}

TEST(CalibrationError, OfTwoBinsByHand) {
  // Bin 0: mean 0.05, none positive. Bin 7: mean 0.75, half positive.
  const auto values = values_of(
      Ranking({0.0, 0.1 / 1.0 - 1e-17, 0.7, 0.8 - 1e-9}, {false, false, true, false}).sums(0.5));
  EXPECT_NEAR(*values[Metric::calibration_error], 0.25 * 0 + 0.25 * 0.1 + 0.5 * 0.25, 1e-8);
}

}  // namespace
}  // namespace ecg_lora::metrics
