#include "ecg_lora/report/scores_report.h"

#include "base/expect_error.h"

namespace ecg_lora::report {
namespace {

using testing::has;

score::Scores fixed_scores() {
  score::Scores scores;
  scores.labels = {{"AFIB", 66, 12, 0.375, {0.90625, 0.8125, 0.984375}, {0.75, 0.5, 0.875}, {0.6875, 0.5, 0.8125}, {0.125, 0.0625, 0.25}},
                   {"NONE", 66, 0, 0.5, {}, {}, {}, {0.25, 0.125, 0.375}}};
  scores.auroc = {0.90625, 0.8125, 0.984375};
  scores.average_precision = {0.75, 0.5, 0.875};
  scores.f1 = {0.6875, {}, {}};
  scores.brier = {0.125, 0.0625, 0.25};
  scores.records = 66, scores.patients = 61, scores.defined_labels = 1;
  return scores;
}

const Provenance standard{"folds 1-8 train, 9 chooses thresholds, 10 tests", "", {{"config", {{"seed", 3}}}, {"predictions_sha256", "ab12"}}};

TEST(Table, Golden) {
  EXPECT_EQ(scores_table(fixed_scores(), standard),
            "folds 1-8 train, 9 chooses thresholds, 10 tests\n"
            "66 records of 61 patients; 95 % intervals by bootstrap over patients\n"
            "\n"
            "label           positive                 AUROC                    AP                    F1                 Brier\n"
            "macro             1 lab.   0.906 (0.812-0.984)   0.750 (0.500-0.875)                 0.688   0.125 (0.062-0.250)\n"
            "AFIB                  12   0.906 (0.812-0.984)   0.750 (0.500-0.875)   0.688 (0.500-0.812)   0.125 (0.062-0.250)\n"
            "NONE                   0             undefined             undefined             undefined   0.250 (0.125-0.375)\n"
            "\n"
            "1 labels have records of one class only: their AUROC is undefined, and no macro mean counts them\n");
}

TEST(Table, NamesASampleAndOtherFolds) {
  const auto table = scores_table(fixed_scores(), {"NOT the PTB-XL benchmark's split (1-8, 9, 10): folds 1-7 train, 8 chooses thresholds, 9 tests", "--limit 5 records", {}});
  EXPECT_EQ(table.rfind("NOT the PTB-XL benchmark's split (1-8, 9, 10): folds 1-7 train, 8 chooses thresholds, 9 tests\nSAMPLE ONLY: --limit 5 records\n", 0), 0u) << table;
}

TEST(Table, HasNoRemarkWhereEveryLabelIsDefined) {
  auto scores = fixed_scores();
  scores.labels.pop_back();
  EXPECT_FALSE(has(scores_table(scores, standard), "undefined"));
}

TEST(ScoresJson, Golden) {
  const auto afib = R"({"value":0.90625,"low":0.8125,"high":0.984375})";
  const auto none = R"({"value":null,"low":null,"high":null})";
  const auto ap = R"({"value":0.75,"low":0.5,"high":0.875})", brier = R"({"value":0.125,"low":0.0625,"high":0.25})";
  const auto expected = cat(
      R"({"score":"P(yes) from the likelihoods of the answer variants, softmax over yes and no","folds":"folds 1-8 train, 9 chooses thresholds, 10 tests",)",
      R"("sample":"","records":66,"patients":61,"macro":{"labels":1,"auroc":)", afib, R"(,"average_precision":)", ap,
      R"(,"f1":{"value":0.6875,"low":null,"high":null},"brier":)", brier, R"(},"labels":[{"label":"AFIB","records":66,"positives":12,"threshold":0.375,"auroc":)", afib,
      R"(,"average_precision":)", ap, R"(,"f1":{"value":0.6875,"low":0.5,"high":0.8125},"brier":)", brier,
      R"(},{"label":"NONE","records":66,"positives":0,"threshold":0.5,"auroc":)", none, R"(,"average_precision":)", none, R"(,"f1":)", none,
      R"(,"brier":{"value":0.25,"low":0.125,"high":0.375}}],"intervals":"95 %, percentile bootstrap over patients",)",
      R"("provenance":{"config":{"seed":3},"predictions_sha256":"ab12"}})");
  EXPECT_EQ(scores_json(fixed_scores(), standard).dump(), expected);
}

TEST(ScoresJson, CarriesTheSampleAndTheFolds) {
  const auto json = scores_json(fixed_scores(), {"NOT the split", "--limit 5 records", {}});
  EXPECT_EQ(json.at("folds"), "NOT the split");
  EXPECT_EQ(json.at("sample"), "--limit 5 records");
}

}  // namespace
}  // namespace ecg_lora::report
