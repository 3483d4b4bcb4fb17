#include "ecg_lora/report/comparison_report.h"

#include "base/expect_error.h"

namespace ecg_lora::report {
namespace {

using testing::has;

/// Thirty patients; the second run puts the positives on top, the first orders by chance.
score::Run run(const std::string& name, bool good) {
  score::Run result{name, {}, {}};
  for (int i = 0; i < 60; ++i) {
    const bool gold = i % 4 == 0;
    const double p = good ? (gold ? 0.9 : 0.1) + i / 1000.0 : (i * 17 % 60) / 60.0;
    (i < 20 ? result.validation : result.test).push_back({i, i / 2, i < 20 ? 9 : 10, "AFIB", "", gold, p});
  }
  return result;
}

ComparisonReport report() {
  ComparisonReport result;
  result.bootstrap.resamples = 50;
  for (const bool good : {false, true}) {
    const auto one = run(good ? "good" : "<poor>", good);
    result.runs.push_back({one.name, "folds 1-8 train, 9 chooses thresholds, 10 tests", good ? "" : "--limit 60 records", score::score(one.validation, one.test, 50, 1)});
  }
  result.differences = {score::compare(run("<poor>", false), run("good", true), {}, result.bootstrap)};
  return result;
}

TEST(ComparisonTable, HasRunsDifferencesAndTheNoteOnManyComparisons) {
  const auto table = comparison_table(report());
  for (const char* part : {"SAMPLE ONLY: <poor>: --limit 60 records", "macro AUROC", "good minus <poor>, on 40 records of 20 patients", "Holm", "Of many labels some differ by chance"}) EXPECT_TRUE(has(table, part));
}

TEST(ComparisonPage, StandsAloneAndEscapes) {
  const auto page = comparison_page(report());
  EXPECT_TRUE(has(page, "good minus &lt;poor&gt;"));
  for (const char* outside : {"http:", "https:", "<poor>", ">nan"}) EXPECT_FALSE(has(page, outside)) << outside;
}

TEST(ComparisonJson, HoldsEveryDifference) {
  const auto json = comparison_json(report());
  const auto& difference = json.at("differences").at(0);
  const auto& auroc = difference.at("macro").at("auroc");
  EXPECT_DOUBLE_EQ(auroc.at("difference").get<double>(), auroc.at("second").get<double>() - auroc.at("first").get<double>());
  EXPECT_EQ(auroc.at("second"), 1.0);
  EXPECT_EQ(difference.at("labels").at(0).at("auroc_delong").at("p_holm"), difference.at("labels").at(0).at("auroc_delong").at("p"));
}

}  // namespace
}  // namespace ecg_lora::report
