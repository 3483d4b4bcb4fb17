#include "ecg_lora/metrics/labels/scores.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>

#include "ecg_lora/base/random.h"
#include "ecg_lora/metrics/statistics/normal.h"
#include "ecg_lora/metrics/statistics/student.h"
#include "metrics/labels/score_statistics.h"
#include "metrics/statistics/interval.h"
#include "metrics/statistics/resampling.h"

namespace ecg_lora::metrics {
namespace {

/// `records` records of each of `patients` patients, all of a patient alike; one label.
std::vector<Prediction> cohort(int patients, int records, std::uint64_t seed, int fold) {
  std::vector<Prediction> result;
  for (int patient = 0; patient < patients; ++patient) {
    Random random{seed, static_cast<std::uint64_t>(patient)};
    const bool gold = patient % 2 == 0;
    const double p = std::min(1.0, 0.6 * random.uniform() + (gold ? 0.4 : 0.0));
    for (int record = 0; record < records; ++record)
      result.push_back({patient * records + record, patient, fold, "L", "", gold, p});
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
  const std::vector<Prediction> validation{{1, 1, 9, "L", "", true, 0.3},
                                           {2, 2, 9, "L", "", false, 0.2}};
  const std::vector<Prediction> test{{3, 3, 10, "L", "", true, 0.9},
                                     {4, 4, 10, "L", "", false, 0.4},
                                     {5, 5, 10, "L", "", false, 0.1}};
  auto scores = score(validation, test, 0, 1);
  EXPECT_EQ(scores.labels.at(0).threshold, 0.3);
  // 0.3 calls the 0.4 positive; the best threshold of the test fold itself, 0.9, would give an F1
  // of 1.
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
  for (const auto* undefined : {&none[Metric::auroc], &none[Metric::average_precision],
                                &none[Metric::f1], &every[Metric::auroc]}) {
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
  for (const auto* estimate :
       {&scores.macro[Metric::auroc], &scores.macro[Metric::average_precision],
        &scores.macro[Metric::f1], &scores.macro[Metric::brier]})
    EXPECT_EQ(estimate->value, std::nullopt);
}

TEST(Macro, IsTheMeanOverLabels) {
  auto test = cohort(20, 1, 5, 10);
  for (auto p : cohort(20, 1, 6, 10)) {
    p.label = "M";
    test.push_back(p);
  }
  const auto scores = score({}, test, 0, 1);
  EXPECT_DOUBLE_EQ(
      *scores.macro[Metric::auroc].value,
      (*scores.labels[0][Metric::auroc].value + *scores.labels[1][Metric::auroc].value) / 2);
  EXPECT_DOUBLE_EQ(*scores.macro[Metric::f1].value,
                   (*scores.labels[0][Metric::f1].value + *scores.labels[1][Metric::f1].value) / 2);
  EXPECT_EQ(scores.records, 20);
  EXPECT_EQ(scores.patients, 20);
  EXPECT_EQ(scores.macro[Metric::auroc].low, std::nullopt);  // no resamples, no interval
}

TEST(Intervals, AreOverPatientsNotRecords) {
  // Ten equal records a patient carry no more than one: leaving patients out gives the very same
  // intervals.
  const auto one = score({}, cohort(24, 1, 7, 10), 400, 3),
             ten = score({}, cohort(24, 10, 7, 10), 400, 3);
  EXPECT_EQ(ten.records, 240);
  EXPECT_EQ(ten.patients, 24);
  for (const auto& [a, b] :
       {std::pair{&one.macro[Metric::auroc], &ten.macro[Metric::auroc]},
        {&one.macro[Metric::average_precision], &ten.macro[Metric::average_precision]},
        {&one.macro[Metric::f1], &ten.macro[Metric::f1]},
        {&one.macro[Metric::brier], &ten.macro[Metric::brier]}}) {
    EXPECT_NEAR(*a->low, *b->low, 1e-12);
    EXPECT_NEAR(*a->high, *b->high, 1e-12);
  }
  // The same 240 records as patients of their own: intervals narrower by about sqrt(10).
  auto apart = cohort(24, 10, 7, 10);
  for (auto& p : apart) p.patient_id = p.ecg_id;
  const auto records = score({}, apart, 400, 3);
  const double width = *ten.macro[Metric::brier].high - *ten.macro[Metric::brier].low,
               narrow = *records.macro[Metric::brier].high - *records.macro[Metric::brier].low;
  EXPECT_GT(width / narrow, 2);
  EXPECT_LT(width / narrow, 5);
}

TEST(Intervals, OfOnePatientAreUndefined) {
  std::vector<Prediction> test;
  for (int i = 0; i < 10; ++i) test.push_back({i, 1, 10, "L", "", i % 3 == 0, i / 10.0});
  const auto scores = score({}, test, 50, 1);
  EXPECT_TRUE(scores.macro[Metric::auroc].value);
  EXPECT_FALSE(scores.macro[Metric::auroc].low);
}

TEST(Intervals, WithoutWidthAreUndefined) {
  // Perfect ranks: whoever is left out, they stay perfect, and how far from perfect the true value
  // is nobody can say.
  std::vector<Prediction> test;
  for (int i = 0; i < 40; ++i) test.push_back({i, i, 10, "L", "", i >= 30, i / 40.0});
  const auto scores = score({}, test, 50, 1);
  EXPECT_EQ(scores.labels[0][Metric::auroc].value, 1.0);
  EXPECT_FALSE(scores.labels[0][Metric::auroc].low);
  EXPECT_TRUE(scores.labels[0][Metric::brier].low);
}

TEST(Intervals, DependOnTheSeedOnlyWherePatientsAreDealtToGroups) {
  const auto test = cohort(30, 2, 9, 10);
  const auto first = score({}, test, 30, 11), dealt = score({}, test, 20, 11);
  expect_equal(first, score({}, test, 300, 12));
  expect_equal(dealt, score({}, test, 20, 11));
  EXPECT_NE(dealt.macro[Metric::brier].low, score({}, test, 20, 12).macro[Metric::brier].low);
  EXPECT_NE(dealt.macro[Metric::brier].low, first.macro[Metric::brier].low);
}

TEST(Intervals, GroupsHaveSizesThatDifferByOneAtMost) {
  for (const auto& [patients, most] : {std::pair{10, 20}, {10, 10}, {10, 3}, {1001, 7}}) {
    const auto group = patient_groups(static_cast<std::size_t>(patients), {most, 5});
    std::map<std::size_t, int> sizes;
    for (const auto g : group) ++sizes[g];
    const int groups = std::min(patients, most);
    ASSERT_EQ(sizes.size(), static_cast<std::size_t>(groups));
    for (const auto& [g, size] : sizes)
      EXPECT_TRUE(size == patients / groups || size == patients / groups + 1) << g;
  }
}

TEST(Intervals, OfAMeanAreStudentsOwn) {
  // The Brier score is a mean: v -+ t s / sqrt(n) on the logit scale, with as many degrees of
  // freedom as the fourth moments leave.
  const auto test = cohort(200, 1, 13, 10);
  std::vector<double> error;
  for (const auto& p : test) error.push_back(std::pow(p.p_yes - (p.gold ? 1 : 0), 2));
  const double mean = std::accumulate(error.begin(), error.end(), 0.0) / 200;
  double squares = 0, fourths = 0;
  for (const double e : error) squares += std::pow(e - mean, 2), fourths += std::pow(e - mean, 4);
  const double deviation = std::sqrt(squares / 199 / 200);
  const double freedom =
      std::min(199.0, 2 * squares * squares / (fourths - squares * squares / 200));
  const double half = student_quantile(0.025, freedom) * deviation / (mean * (1 - mean)),
               logit = std::log(mean / (1 - mean));
  const auto& brier = score({}, test, 1000, 1).macro[Metric::brier];
  EXPECT_NEAR(*brier.low, 1 / (1 + std::exp(-(logit - half))), 1e-12);
  EXPECT_NEAR(*brier.high, 1 / (1 + std::exp(-(logit + half))), 1e-12);
}

TEST(Intervals, OfALabelWithOneClassOrOnePatientOfAClassAreUndefined) {
  std::vector<Prediction> test;
  for (int i = 0; i < 40; ++i) {
    test.push_back({i, i, 10, "NONE", "", false, i / 40.0});
    test.push_back({i, i / 2, 10, "ONE", "", i < 2, 1 - i / 40.0});
    test.push_back({i, i, 10, "TWO", "", i % 30 == 5, i / 40.0});
  }
  for (auto& p : test) p.patient_id = p.ecg_id / 2;
  const auto scores = score({}, test, 100, 1);
  const auto &none = scores.labels[0], &one = scores.labels[1], &two = scores.labels[2];
  EXPECT_TRUE(none[Metric::brier].value);
  EXPECT_FALSE(none[Metric::brier].low) << "what a positive would add nobody has seen";
  EXPECT_EQ(one.patients_with, 1);
  EXPECT_FALSE(one[Metric::auroc].low);
  EXPECT_FALSE(one.few() && one[Metric::auroc].low);
  EXPECT_TRUE(two[Metric::auroc].low);
  EXPECT_TRUE(two.few());
  EXPECT_EQ(scores.labels_of_few(), (std::vector<std::string>{"ONE", "TWO"}));
  // The mean over both of them has an interval all the same.
  EXPECT_TRUE(scores.macro[Metric::auroc].low);
}

/// Six labels from common to one or two positives among records that share patients, with ties.
std::vector<Prediction> rare_labels(std::uint64_t seed) {
  Random random{seed, 77};
  std::vector<Prediction> result;
  const auto patients = static_cast<int>(30 + random.uniform_int(60));
  for (int l = 0; l < 6; ++l)
    for (int i = 0; i < 2 * patients; ++i) {
      const bool gold = random.bernoulli(0.4 / (1 << (2 * l))) || i < l % 3;
      const double p = std::clamp(0.4 + 0.2 * random.normal() + 0.25 * gold, 0.0, 1.0);
      result.push_back({i, i / 2, 10, std::string(1, static_cast<char>('A' + l)), "", gold,
                        std::round(p * 50) / 50});
    }
  return result;
}

TEST(Intervals, HoldTheirOwnValue) {
  int intervals = 0;
  const auto check = [&](const Estimate& e) {
    EXPECT_EQ(e.low.has_value(), e.high.has_value());
    if (e.low) {
      ++intervals;
      EXPECT_LE(*e.low, *e.value);
      EXPECT_GE(*e.high, *e.value);
      EXPECT_GE(*e.low, 0);
      EXPECT_LE(*e.high, 1);
      EXPECT_LT(*e.low, *e.high);
    }
    if (e.bca_low) {
      EXPECT_LE(*e.bca_low, *e.value);
      EXPECT_GE(*e.bca_high, *e.value);
    }
  };
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    const auto test = make_prediction_table(rare_labels(seed));
    const auto scores = score(test, {}, {static_cast<int>(2 + seed % 120), seed, true});
    for (const auto* means : {&scores.macro, &scores.weighted, &scores.micro})
      for (const auto& e : *means) check(e);
    for (const auto& e : scores.sets) check(e);
    for (const auto& label : scores.labels)
      for (const auto& e : label.estimates) check(e);
  }
  EXPECT_GT(intervals, 5000);
}

TEST(Macro, IsOverTheSameLabelsInEveryResample) {
  // A label with one positive record is in each resample of BCa, and in each mean without a group
  // but the one that has it.
  auto test = cohort(40, 1, 3, 10);
  for (int i = 0; i < 40; ++i) test.push_back({i, i, 10, "RARE", "", i == 7, i / 40.0});
  const auto table = make_prediction_table(test);
  const ScoreStatistics statistics(table, {});
  const auto at = statistics.macro();
  const auto mean_of = [&](const std::vector<double>& row) {
    return (row[statistics.of_label(0)] + row[statistics.of_label(1)]) / 2;
  };
  for (std::uint64_t r = 0; r < 200; ++r) {
    const auto weight = patient_weights(table.patients, 1, r);
    const auto row = statistics(&weight);
    EXPECT_NEAR(row[at], mean_of(row), 1e-12);
  }
  PatientWeights without(40, 1);
  without[7] = 0;
  const auto row = statistics(&without), whole = statistics(nullptr);
  EXPECT_DOUBLE_EQ(row[at], row[statistics.of_label(0)]);
  EXPECT_DOUBLE_EQ(row[statistics.traits().bias_of[at]],
                   (row[statistics.of_label(0)] + whole[statistics.of_label(1)]) / 2);
}

TEST(Jackknife, OfAMeanIsItsStandardError) {
  const std::vector<double> values{0, 0, 0, 0, 0, 6};
  std::vector<double> without;
  for (const double x : values) without.push_back((6 - x) / 5);
  const auto found = jackknife(1, without);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->deviation, std::sqrt(30.0 / 5 / 6), 1e-12);
  EXPECT_NEAR(found->bias, 0, 1e-12);
  EXPECT_NEAR(found->freedom, 2 * 30.0 * 30 / (630 - 30.0 * 30 / 6), 1e-9)
      << "few, because one value decides";
  EXPECT_NEAR(jackknife(4, {5, 4, 3, 4})->freedom, 3, 1e-12) << "at most those of four values";
  EXPECT_FALSE(jackknife(4, {4, 4, 4}));
  EXPECT_FALSE(jackknife(4, {4, std::nan(""), 5}));
  EXPECT_FALSE(jackknife(4, {4}));
}

TEST(Jackknife, TakesTheBiasOfAVarianceOff) {
  // The mean of squared distances is (n - 1) / n of the variance: the classic of Quenouille.
  const std::vector<double> values{0.1, 0.2, 0.5, 0.9, 0.3};
  const auto plug_in = [](const std::vector<double>& x) {
    double mean = 0, squares = 0;
    for (const double v : x) mean += v / static_cast<double>(x.size());
    for (const double v : x) squares += (v - mean) * (v - mean);
    return squares / static_cast<double>(x.size());
  };
  std::vector<double> without;
  for (std::size_t i = 0; i < 5; ++i) {
    auto rest = values;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    without.push_back(plug_in(rest));
  }
  EXPECT_NEAR(plug_in(values) - bias(plug_in(values), without), plug_in(values) * 5 / 4, 1e-12);
}

TEST(Jackknife, ExtendsAnIntervalToTheValueThatABiasLeavesOutside) {
  const Jackknife biased{0.01, 0.05, 30, 0};
  const auto interval = jackknife_interval(0.4, biased);
  ASSERT_TRUE(interval);
  EXPECT_EQ(interval->second, 0.4);
  EXPECT_LT(interval->first, 0.35);
  const auto tenfold = jackknife_interval(4, {0.1, 0.5, 30, 0}, 10);
  EXPECT_NEAR(tenfold->first, 10 * interval->first, 1e-12);
  EXPECT_FALSE(jackknife_interval(1, {0.1, 0, 9, 0}));
  EXPECT_FALSE(jackknife_interval(0, {0.1, 0, 9, 0}));
  // A bias as large as the value leaves a quarter of it.
  EXPECT_GT(jackknife_interval(0.02, {0.001, 0.5, 9, 0})->first, 0);
}

TEST(Student, QuantilesOfTables) {
  EXPECT_NEAR(student_quantile(0.025, 1), 12.706204736432095, 1e-9);
  EXPECT_NEAR(student_quantile(0.025, 4.5), 2.658912347204404, 1e-12);
  EXPECT_NEAR(student_quantile(0.025, 1e6), 1.959966, 1e-6);
  for (const double freedom : {1.0, 2.3, 30.0, 999.0})
    for (const double t : {0.1, 1.0, 5.0})
      EXPECT_NEAR(student_quantile(student_tail(t, freedom), freedom), t, 1e-9);
  EXPECT_NEAR(student_tail(1, 1), 0.25, 1e-15);
}

TEST(Bca, IsThePercentileIntervalWhereNothingIsSkew) {
  std::vector<double> resampled;
  for (int i = -500; i <= 500; ++i) resampled.push_back(i / 100.0);
  const double deviation = std::sqrt(1001.0 * 1001 - 1) / std::sqrt(12.0) / 100;
  // Student's quantile of very many degrees of freedom is the normal one.
  const auto bca = bca_interval(0, resampled, {deviation, 0, 1e6, 0});
  ASSERT_TRUE(bca);
  EXPECT_NEAR(bca->first, quantile(resampled, 0.025), 1e-5);
  EXPECT_NEAR(bca->second, quantile(resampled, 0.975), 1e-5);
  // More resamples below the value than above: the interval moves up.
  EXPECT_GT(bca_interval(1, resampled, {deviation, 0, 1e6, 0})->first, bca->first);
  // A larger error by the jackknife, or fewer degrees of freedom, widens it.
  EXPECT_LT(bca_interval(0, resampled, {1.2 * deviation, 0, 1e6, 0})->first, bca->first);
  EXPECT_LT(bca_interval(0, resampled, {deviation, 0, 5, 0})->first, bca->first);
  EXPECT_FALSE(bca_interval(99, resampled, {deviation, 0, 1e6, 0}));
  EXPECT_FALSE(bca_interval(0, resampled, {deviation, 0.26 * deviation, 1e6, 0}));
}

TEST(Normal, QuantileInvertsTheDistribution) {
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-14);
  for (const double p : {1e-12, 1e-4, 0.02, 0.3, 0.5, 0.8, 0.99, 1 - 1e-9})
    EXPECT_NEAR(normal_cdf(normal_quantile(p)) / p, 1, 1e-12) << p;
}

TEST(Scores, AreTheSameInAnyOrderOfThePredictions) {
  auto test = cohort(30, 2, 9, 10);
  const auto first = score({}, test, 100, 11);
  Random random{5};
  random.shuffle(test);
  expect_equal(first, score({}, test, 100, 11));
}

}  // namespace
}  // namespace ecg_lora::metrics
