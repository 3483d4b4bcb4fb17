#include "ecg_lora/report/scores_report.h"

#include "base/expect_error.h"

namespace ecg_lora::report {
namespace {

using testing::has;

using metrics::Metric;

/// Only some metrics have a value: the others print as undefined.
metrics::LabelScores label(const std::string& name, std::int64_t positives, double threshold) {
  metrics::LabelScores result;
  result.label = name, result.records = 66, result.positives = positives,
  result.threshold = threshold;
  result.patients_with = positives > 0 ? positives - 1 : 0, result.patients_without = 50;
  return result;
}

metrics::Evaluation fixed_evaluation() {
  metrics::Evaluation evaluation;
  auto& scores = evaluation.scores;
  scores.labels = {label("AFIB", 12, 0.375), label("NONE", 0, 0.5)};
  auto &afib = scores.labels[0].estimates, &none = scores.labels[1].estimates;
  afib[Metric::auroc] = {0.90625, 0.8125, 0.984375};
  afib[Metric::average_precision] = {0.75, 0.5, 0.875, 0.4375, 0.8125};
  afib[Metric::f1] = {0.6875, 0.5, 0.8125};
  afib[Metric::brier] = {0.125, 0.0625, 0.25};
  none[Metric::brier] = {0.25, 0.125, 0.375};
  scores.labels[0].delong = metrics::Delong{0.90625, 0.03125, 0.84375, 0.96875};
  scores.macro = afib;
  scores.macro[Metric::f1] = {0.6875, {}, {}};
  scores.sets = {metrics::Estimate{0.125, 0.0625, 0.1875}, metrics::Estimate{0.5, {}, {}},
                 metrics::Estimate{}};
  scores.records = 66, scores.patients = 61, scores.defined_labels = 1;
  metrics::Baseline random{"random", "expected values", {}, {}, {}, {}};
  random.macro[Metric::auroc] = 0.5, random.macro[Metric::brier] = 1.0 / 3;
  evaluation.baselines = {random};
  return evaluation;
}

const Provenance kStandard{"folds 1-8 train, 9 chooses thresholds, 10 tests",
                           "",
                           {{"config", {{"seed", 3}}}, {"predictions_sha256", "ab12"}}};

TEST(Table, Golden) {
  EXPECT_EQ(scores_table(fixed_evaluation(), kStandard),
            "folds 1-8 train, 9 chooses thresholds, 10 tests\n"
            "66 records of 61 patients; 95 % intervals by jackknife over patients\n"
            "\n"
            "label           positive                 AUROC                    AP                  "
            "  F1                 Brier\n"
            "macro             1 lab.   0.906 (0.812-0.984)   0.750 (0.500-0.875)                 "
            "0.688   0.125 (0.062-0.250)\n"
            "AFIB                  12   0.906 (0.812-0.984)   0.750 (0.500-0.875)   0.688 "
            "(0.500-0.812)   0.125 (0.062-0.250)\n"
            "NONE                   0             undefined             undefined             "
            "undefined   0.250 (0.125-0.375)\n"
            "random          baseline                 0.500             undefined             "
            "undefined                 0.333\n"
            "\n"
            "Hamming loss 0.125 (0.062-0.188); Exact match 0.500; Fmax undefined\n"
            "\n"
            "1 labels have records of one class only: their AUROC is undefined, and no macro mean "
            "counts them: NONE\n"
            "\n"
            "1 labels have fewer than 20 patients with or without them: their intervals hold the "
            "true value less often than they say: AFIB\n");
}

TEST(Table, NamesASampleOtherFoldsAndWhatWasCounted) {
  auto from = kStandard;
  from.folds =
      "NOT the PTB-XL benchmark's split (1-8, 9, 10): folds 1-7 train, 8 chooses thresholds, 9 "
      "tests";
  from.sample = "--limit 5 records";
  from.notices = {{"a", 4, "records have no prediction"}, {"b", 0, "is not said"}};
  const auto table = scores_table(fixed_evaluation(), from);
  EXPECT_EQ(table.rfind(from.folds + "\nSAMPLE ONLY: --limit 5 records\n", 0), 0u) << table;
  EXPECT_TRUE(has(table, "\n4 records have no prediction\n"));
  EXPECT_FALSE(has(table, "is not said"));
}

TEST(Table, HasNoNoticeWhereEveryLabelIsDefined) {
  auto evaluation = fixed_evaluation();
  evaluation.scores.labels.pop_back();
  EXPECT_FALSE(has(scores_table(evaluation, kStandard), "one class"));
}

TEST(ScoresJson, HasTheseKeysInThisOrder) {
  const auto json = scores_json(fixed_evaluation(), kStandard);
  std::vector<std::string> keys;
  for (const auto& item : json.items()) keys.push_back(item.key());
  EXPECT_EQ(keys, (std::vector<std::string>{"version",
                                            "score",
                                            "folds",
                                            "sample",
                                            "records",
                                            "patients",
                                            "validation_records",
                                            "thresholds",
                                            "macro",
                                            "weighted",
                                            "micro",
                                            "sets",
                                            "labels",
                                            "one_class_labels",
                                            "labels_of_few_patients",
                                            "counts",
                                            "baselines",
                                            "calibration",
                                            "reliability",
                                            "subgroups",
                                            "intervals",
                                            "provenance"}));
}

TEST(ScoresJson, Golden) {
  const auto json = scores_json(fixed_evaluation(), kStandard);
  EXPECT_EQ(json.at("version"), 3);
  EXPECT_EQ(json.at("score"),
            "P(yes) from the likelihoods of the answer variants, softmax over yes and no");
  const auto none = R"({"value":null,"low":null,"high":null})";
  EXPECT_EQ(
      json.at("labels").at(0).dump(),
      cat(R"({"label":"AFIB","records":66,"positives":12,"patients_with":11,"patients_without":50,)"
          R"("threshold":0.375,"auroc":{"value":0.90625,"low":0.8125,"high":0.984375},)",
          R"("average_precision":{"value":0.75,"low":0.5,"high":0.875,"bca_low":0.4375,)"
          R"("bca_high":0.8125},)"
          R"("f1":{"value":0.6875,"low":0.5,"high":0.8125},)",
          R"("brier":{"value":0.125,"low":0.0625,"high":0.25},"sensitivity":)", none,
          R"(,"specificity":)", none, R"(,"precision":)", none, R"(,"balanced_accuracy":)", none,
          R"(,"calibration_error":)", none,
          R"(,"auroc_delong":{"low":0.84375,"high":0.96875,"deviation":0.03125}})"));
  EXPECT_EQ(json.at("labels").at(1).at("auroc").dump(), none);
  EXPECT_EQ(json.at("macro").at("labels"), 1);
  EXPECT_EQ(json.at("one_class_labels").dump(), R"(["NONE"])");
  EXPECT_EQ(json.at("sets").at("hamming_loss").at("value"), 0.125);
  EXPECT_EQ(json.at("baselines").at(0).at("macro").at("auroc"), 0.5);
  EXPECT_EQ(json.at("provenance").dump(), R"({"config":{"seed":3},"predictions_sha256":"ab12"})");
}

TEST(ScoresJson, CarriesTheSampleTheFoldsAndTheCounts) {
  auto from = kStandard;
  from.folds = "NOT the split", from.sample = "--limit 5 records",
  from.notices = {{"test_records_missing", 7, "records"}};
  const auto json = scores_json(fixed_evaluation(), from);
  EXPECT_EQ(json.at("folds"), "NOT the split");
  EXPECT_EQ(json.at("sample"), "--limit 5 records");
  EXPECT_EQ(json.at("counts").at("test_records_missing"), 7);
}

}  // namespace
}  // namespace ecg_lora::report
