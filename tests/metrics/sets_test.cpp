#include <gtest/gtest.h>

#include <cmath>

#include "ecg_lora/base/random.h"
#include "ecg_lora/metrics/labels/baselines.h"
#include "ecg_lora/metrics/labels/curves.h"
#include "ecg_lora/metrics/labels/subgroups.h"

namespace ecg_lora::metrics {
namespace {

/// Three records, two labels. Record 3 has no answer to B.
const std::vector<Prediction> kThree{{1, 1, 10, "A", "q", true, 0.9},
                                     {1, 1, 10, "B", "", false, 0.8, "Yes, B."},
                                     {2, 2, 10, "A", "", false, 0.3},
                                     {2, 2, 10, "B", "", true, 0.7},
                                     {3, 3, 10, "A", "", true, 0.2}};

TEST(Sets, SmallExampleByHand) {
  const auto scores = score(make_prediction_table(kThree), {}, {0, 1});
  EXPECT_DOUBLE_EQ(*scores.sets[0].value, 2.0 / 5);  // B of record 1, A of record 3
  EXPECT_DOUBLE_EQ(*scores.sets[1].value, 1.0 / 2);  // record 2 of the two that are complete
  EXPECT_EQ(scores.unanswered, 1);
  // At 0.21 to 0.3: precision (1/2 + 1/2) / 2, recall (1 + 1 + 0) / 3. At 0.2: precision (1/2 + 1/2
  // + 1) / 3, recall 1.
  EXPECT_DOUBLE_EQ(*scores.sets[2].value, 2 * (2.0 / 3) * 1 / (2.0 / 3 + 1));
}

TEST(Baselines, RandomIsWhatARandomModelScores) {
  std::vector<Prediction> test;
  for (int i = 0; i < 30; ++i) test.push_back({i, i, 10, "L", "", i < 9, 0});
  const auto expected =
      baselines(make_prediction_table({}), make_prediction_table(test), {}).at(0).of_label.at(0);
  Values mean;
  for (auto& value : mean) value = 0;
  constexpr int trials = 20000;
  for (std::uint64_t trial = 0; trial < trials; ++trial) {
    Random random{31, trial};
    std::vector<double> p;
    std::vector<bool> reference;
    for (int i = 0; i < 30; ++i) p.push_back(random.uniform()), reference.push_back(i < 9);
    const auto values = values_of(Ranking(p, reference).sums(0.5));
    for (std::size_t m = 0; m < kMetricCount; ++m) *mean[m] += *values[m] / trials;
  }
  for (const auto metric : {Metric::auroc, Metric::average_precision, Metric::brier,
                            Metric::sensitivity, Metric::specificity, Metric::balanced_accuracy})
    EXPECT_NEAR(*mean[metric], *expected[metric], 0.004) << info(metric).key;
  for (const auto metric : {Metric::f1, Metric::precision})
    EXPECT_NEAR(*mean[metric], *expected[metric], 0.02) << info(metric).key;
}

TEST(Subgroups, KeepTheThresholdsOfTheWholeAndWarnOfFewRecords) {
  std::vector<Prediction> test;
  for (int i = 0; i < 50; ++i) test.push_back({i, i, 10, "L", "", i % 2 == 0, i / 50.0});
  Grouping grouping{"site", {}};
  for (int i = 0; i < 25; ++i) grouping.groups[i] = {"10"};
  for (int i = 25; i < 40; ++i) grouping.groups[i] = {"9", "10"};
  const auto groups = score_groups(test, {{"L", 0.3}}, {grouping}, {0, 1});
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_EQ(groups[0].group, "9");
  EXPECT_EQ(groups[1].group, "10");
  EXPECT_EQ(groups[2].group, "unknown");
  EXPECT_EQ(groups[0].scores.records, 15);
  EXPECT_EQ(groups[1].scores.records, 40);
  EXPECT_TRUE(groups[0].small());
  EXPECT_FALSE(groups[1].small());
  for (const auto& group : groups) EXPECT_EQ(group.scores.labels.at(0).threshold, 0.3);
}

TEST(Curves, StartAndEndWhereTheyMust) {
  const auto table = make_prediction_table(kThree);
  const auto roc = roc_curve(table.columns[0]);
  EXPECT_EQ(roc, (Points{{0, 0}, {0, 0.5}, {1, 0.5}, {1, 1}}));
  EXPECT_EQ(precision_recall_curve(table.columns[0]), (Points{{0.5, 1}, {0.5, 0.5}, {1, 2.0 / 3}}));
  EXPECT_TRUE(roc_curve(LabelColumn{"L", {0.5}, {true}, {0}}).empty());
  const auto few = thinned(Points(1000, {0.25, 0.5}), 7);
  EXPECT_EQ(few.size(), 7u);
}

TEST(Cooccurrence, LabelsThatGoTogetherAreNoError) {
  const auto result = cooccurrence(make_prediction_table(kThree), {}, 5);
  ASSERT_EQ(result.labels, (std::vector<std::string>{"A", "B"}));
  EXPECT_EQ(result.called[0][0], 1);
  EXPECT_EQ(result.of[0][0], 2);
  EXPECT_EQ(result.of[0][1], 1);  // record 1 has A and not B; record 3 has no answer to B
  EXPECT_EQ(result.called[0][1], 1);
}

TEST(WorstErrors, OneARecordWorstFirst) {
  const auto worst = worst_errors(kThree, {{"A", 0.25}}, 10);
  ASSERT_EQ(worst.size(), 3u);
  EXPECT_EQ(worst[0].ecg_id, 1);
  EXPECT_EQ(worst[0].label, "B");
  EXPECT_EQ(worst[0].answer, "Yes, B.");
  EXPECT_EQ(worst[0].has, std::vector<std::string>{"A"});
  EXPECT_EQ(worst[0].called, (std::vector<std::string>{"A", "B"}));
  EXPECT_EQ(worst[1].ecg_id, 3);
  EXPECT_EQ(worst_errors(kThree, {}, 1).size(), 1u);
}

TEST(Table, RefusesOneRecordOfTwoPatientsOrFolds) {
  auto other = kThree;
  other[1].patient_id = 9;
  EXPECT_ANY_THROW(make_prediction_table(other));
  other = kThree;
  other[1].fold = 9;
  EXPECT_ANY_THROW(make_prediction_table(other));
  other = kThree;
  other.push_back(kThree[0]);
  EXPECT_ANY_THROW(make_prediction_table(other));
}

}  // namespace
}  // namespace ecg_lora::metrics
