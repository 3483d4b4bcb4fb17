#include "ecg_lora/score/scores.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ecg_lora/base/random.h"

namespace ecg_lora::score {
namespace {

/// `records` records of each of `patients` patients, all of a patient alike; one label.
std::vector<Prediction> cohort(int patients, int records, std::uint64_t seed, int fold) {
  std::vector<Prediction> result;
  for (int patient = 0; patient < patients; ++patient) {
    Random random{seed, static_cast<std::uint64_t>(patient)};
    const bool gold = patient % 2 == 0;
    const double p = std::min(1.0, 0.6 * random.uniform() + (gold ? 0.4 : 0.0));
    for (int record = 0; record < records; ++record) result.push_back({patient * records + record, patient, fold, "L", "", gold, p});
  }
  return result;
}

void expect_equal(const Estimate& a, const Estimate& b) {
  EXPECT_EQ(a.value, b.value);
  EXPECT_EQ(a.low, b.low);
  EXPECT_EQ(a.high, b.high);
}

void expect_equal(const Scores& a, const Scores& b) {
  expect_equal(a.macro[Metric::auroc], b.macro[Metric::auroc]);
  expect_equal(a.macro[Metric::average_precision], b.macro[Metric::average_precision]);
  expect_equal(a.macro[Metric::f1], b.macro[Metric::f1]);
  expect_equal(a.macro[Metric::brier], b.macro[Metric::brier]);
}

TEST(Thresholds, AreChosenOnTheValidationFoldsOnly) {
  const std::vector<Prediction> validation{{1, 1, 9, "L", "", true, 0.3}, {2, 2, 9, "L", "", false, 0.2}};
  const std::vector<Prediction> test{{3, 3, 10, "L", "", true, 0.9}, {4, 4, 10, "L", "", false, 0.4}, {5, 5, 10, "L", "", false, 0.1}};
  auto scores = score(validation, test, 0, 1);
  EXPECT_EQ(scores.labels.at(0).threshold, 0.3);
  // 0.3 calls the 0.4 positive; the best threshold of the test fold itself, 0.9, would give an F1 of 1.
  EXPECT_DOUBLE_EQ(*scores.labels.at(0)[Metric::f1].value, 2.0 / 3);
  auto other = test;
  for (auto& p : other) p.p_yes = 1 - p.p_yes, p.gold = !p.gold;
  EXPECT_EQ(score(validation, other, 0, 1).labels.at(0).threshold, 0.3);
  EXPECT_EQ(score({}, test, 0, 1).labels.at(0).threshold, 0.5);
  // A label that the validation folds lack does not borrow another's threshold.
  auto renamed = validation;
  for (auto& p : renamed) p.label = "K";
  scores = score(renamed, test, 0, 1);
  ASSERT_EQ(scores.labels.size(), 1u);
  EXPECT_EQ(scores.labels.at(0).threshold, 0.5);
}

TEST(Undefined, WithoutPositivesNothingIsReportedAsZero) {
  std::vector<Prediction> test = cohort(20, 1, 5, 10);
  const auto alone = score({}, test, 200, 1);
  for (int patient = 0; patient < 20; ++patient) {
    test.push_back({patient, patient, 10, "NONE", "", false, 0.3});
    test.push_back({patient, patient, 10, "EVERY", "", true, 0.3});
  }
  const auto scores = score({}, test, 200, 1);
  ASSERT_EQ(scores.labels.size(), 3u);
  EXPECT_EQ(scores.defined_labels, 1);
  const auto &every = scores.labels[0], &none = scores.labels[2];
  EXPECT_EQ(none.label, "NONE");
  EXPECT_EQ(none.positives, 0);
  for (const auto* undefined : {&none[Metric::auroc], &none[Metric::average_precision], &none[Metric::f1], &every[Metric::auroc]}) {
    EXPECT_EQ(undefined->value, std::nullopt);
    EXPECT_EQ(undefined->low, std::nullopt);
    EXPECT_EQ(undefined->high, std::nullopt);
  }
  EXPECT_NEAR(*none[Metric::brier].value, 0.09, 1e-15);
  // Neither label moves the macro means.
  expect_equal(scores, alone);
}

TEST(Undefined, NoLabelWithBothClassesGivesNoMacroMean) {
  const auto scores = score({}, {{1, 1, 10, "L", "", false, 0.3}}, 10, 1);
  for (const auto* estimate : {&scores.macro[Metric::auroc], &scores.macro[Metric::average_precision], &scores.macro[Metric::f1], &scores.macro[Metric::brier]}) EXPECT_EQ(estimate->value, std::nullopt);
}

TEST(Macro, IsTheMeanOverLabels) {
  auto test = cohort(20, 1, 5, 10);
  for (auto p : cohort(20, 1, 6, 10)) {
    p.label = "M";
    test.push_back(p);
  }
  const auto scores = score({}, test, 0, 1);
  EXPECT_DOUBLE_EQ(*scores.macro[Metric::auroc].value, (*scores.labels[0][Metric::auroc].value + *scores.labels[1][Metric::auroc].value) / 2);
  EXPECT_DOUBLE_EQ(*scores.macro[Metric::f1].value, (*scores.labels[0][Metric::f1].value + *scores.labels[1][Metric::f1].value) / 2);
  EXPECT_EQ(scores.records, 20);
  EXPECT_EQ(scores.patients, 20);
  EXPECT_EQ(scores.macro[Metric::auroc].low, std::nullopt);  // no resamples, no interval
}

TEST(Bootstrap, DrawsPatientsNotRecords) {
  // Ten equal records a patient carry no more than one: a bootstrap of patients gives the very same intervals.
  const auto one = score({}, cohort(24, 1, 7, 10), 400, 3), ten = score({}, cohort(24, 10, 7, 10), 400, 3);
  EXPECT_EQ(ten.records, 240);
  EXPECT_EQ(ten.patients, 24);
  for (const auto& [a, b] : {std::pair{&one.macro[Metric::auroc], &ten.macro[Metric::auroc]}, {&one.macro[Metric::average_precision], &ten.macro[Metric::average_precision]}, {&one.macro[Metric::f1], &ten.macro[Metric::f1]}, {&one.macro[Metric::brier], &ten.macro[Metric::brier]}}) {
    EXPECT_NEAR(*a->low, *b->low, 1e-12);
    EXPECT_NEAR(*a->high, *b->high, 1e-12);
  }
  // The same 240 records as patients of their own: intervals narrower by about sqrt(10).
  auto apart = cohort(24, 10, 7, 10);
  for (auto& p : apart) p.patient_id = p.ecg_id;
  const auto records = score({}, apart, 400, 3);
  const double width = *ten.macro[Metric::brier].high - *ten.macro[Metric::brier].low, narrow = *records.macro[Metric::brier].high - *records.macro[Metric::brier].low;
  EXPECT_GT(width / narrow, 2);
  EXPECT_LT(width / narrow, 5);
}

TEST(Bootstrap, OfOnePatientHasNoWidth) {
  std::vector<Prediction> test;
  for (int i = 0; i < 10; ++i) test.push_back({i, 1, 10, "L", "", i % 3 == 0, i / 10.0});
  const auto scores = score({}, test, 50, 1);
  EXPECT_NEAR(*scores.macro[Metric::auroc].low, *scores.macro[Metric::auroc].value, 1e-15);
  EXPECT_NEAR(*scores.macro[Metric::auroc].high, *scores.macro[Metric::auroc].value, 1e-15);
}

TEST(Bootstrap, IsAFunctionOfTheSeed) {
  const auto test = cohort(30, 2, 9, 10);
  const auto first = score({}, test, 300, 11);
  expect_equal(first, score({}, test, 300, 11));
  const auto other = score({}, test, 300, 12);
  EXPECT_EQ(other.macro[Metric::brier].value, first.macro[Metric::brier].value);
  EXPECT_NE(other.macro[Metric::brier].low, first.macro[Metric::brier].low);
  EXPECT_LT(*first.macro[Metric::auroc].low, *first.macro[Metric::auroc].value);
  EXPECT_GT(*first.macro[Metric::auroc].high, *first.macro[Metric::auroc].value);
}

TEST(Bootstrap, HasTheWidthOfTheNormalApproximation) {
  // The Brier score is a mean: its interval is about 3.92 standard errors wide.
  const auto test = cohort(200, 1, 13, 10);
  double sum = 0, squares = 0;
  for (const auto& p : test) {
    const double error = std::pow(p.p_yes - (p.gold ? 1 : 0), 2);
    sum += error, squares += error * error;
  }
  const double mean = sum / 200, deviation = std::sqrt(squares / 200 - mean * mean);
  const auto scores = score({}, test, 4000, 1);
  EXPECT_NEAR((*scores.macro[Metric::brier].high - *scores.macro[Metric::brier].low) / (3.92 * deviation / std::sqrt(200.0)), 1, 0.1);
}

TEST(Bca, IsThePercentileIntervalWhereNothingIsSkew) {
  std::vector<double> resampled, jackknife;
  for (int i = -500; i <= 500; ++i) resampled.push_back(i / 100.0);
  for (int i = -5; i <= 5; ++i) jackknife.push_back(i);
  const auto bca = bca_interval(0, resampled, jackknife);
  ASSERT_TRUE(bca);
  EXPECT_NEAR(bca->first, quantile(resampled, 0.025), 1e-9);
  EXPECT_NEAR(bca->second, quantile(resampled, 0.975), 1e-9);
  // More resamples below the value than above: the interval moves up.
  EXPECT_GT(bca_interval(1, resampled, jackknife)->first, bca->first);
  EXPECT_FALSE(bca_interval(99, resampled, jackknife));
  EXPECT_FALSE(bca_interval(0, resampled, {1, 1, 1}));
}

TEST(Normal, QuantileInvertsTheDistribution) {
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-14);
  for (const double p : {1e-12, 1e-4, 0.02, 0.3, 0.5, 0.8, 0.99, 1 - 1e-9}) EXPECT_NEAR(normal_cdf(normal_quantile(p)) / p, 1, 1e-12) << p;
}

TEST(Scores, AreTheSameInAnyOrderOfThePredictions) {
  auto test = cohort(30, 2, 9, 10);
  const auto first = score({}, test, 100, 11);
  Random random{5};
  random.shuffle(test);
  expect_equal(first, score({}, test, 100, 11));
}

}  // namespace
}  // namespace ecg_lora::score
