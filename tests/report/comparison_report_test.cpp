#include "ecg_lora/report/comparison_report.h"

#include "base/expect_error.h"

namespace ecg_lora::report {
namespace {

using testing::has;

/// Thirty patients; the second run puts the positives on top, the first orders by chance.
metrics::LabelRun run(const std::string& name, bool good) {
  metrics::LabelRun result{name, {}, {}};
  for (int i = 0; i < 60; ++i) {
    const bool gold = i % 4 == 0;
    const double p = good ? (gold ? 0.9 : 0.1) + i / 1000.0 : (i * 17 % 60) / 60.0;
    (i < 20 ? result.validation : result.test)
        .push_back({i, i / 2, i < 20 ? 9 : 10, "AFIB", "", gold, p});
  }
  return result;
}

ComparisonReport report() {
  ComparisonReport result;
  result.intervals.resamples = 50;
  for (const bool good : {false, true}) {
    const auto one = run(good ? "good" : "<poor>", good);
    result.runs.push_back(
        {{one.name,
          "folds 1-8 train, 9 chooses thresholds, 10 tests",
          good ? "" : "--limit 60 records",
          {{"records_of_other_folds", good ? 0 : 3, "records are of other folds"}}},
         metrics::score(one.validation, one.test, 50, 1)});
  }
  result.differences = {
      metrics::compare(run("<poor>", false), run("good", true), {}, result.intervals)};
  return result;
}

TEST(ComparisonTable, HasRunsDifferencesAndTheNoteOnManyComparisons) {
  const auto table = comparison_table(report());
  for (const char* part :
       {"SAMPLE ONLY: <poor>: --limit 60 records", "<poor>: 3 records are of other folds",
        "macro AUROC", "good minus <poor>, on 40 records of 20 patients", "Holm",
        "Of many labels some differ by chance"})
    EXPECT_TRUE(has(table, part));
}

TEST(ComparisonPage, StandsAloneAndEscapes) {
  const auto page = comparison_page(report());
  EXPECT_TRUE(has(page, "good minus &lt;poor&gt;"));
  for (const char* outside : {"http:", "https:", "<poor>", ">nan"})
    EXPECT_FALSE(has(page, outside)) << outside;
}

TEST(ComparisonJson, HoldsEveryDifference) {
  const auto json = comparison_json(report());
  const auto& difference = json.at("differences").at(0);
  const auto& auroc = difference.at("macro").at("auroc");
  EXPECT_DOUBLE_EQ(auroc.at("difference").get<double>(),
                   auroc.at("second").get<double>() - auroc.at("first").get<double>());
  EXPECT_EQ(auroc.at("second"), 1.0);
  EXPECT_EQ(difference.at("labels").at(0).at("auroc_delong").at("p_holm"),
            difference.at("labels").at(0).at("auroc_delong").at("p"));
}

TaskComparisonReport tasks() {
  TaskComparisonReport result;
  result.intervals.resamples = 20;
  std::vector<metrics::TaskRun> runs;
  for (const bool good : {false, true}) {
    metrics::TaskRun one{good ? "good" : "<poor>", {}};
    for (int i = 0; i < 12; ++i) {
      metrics::TaskAnswer a;
      a.task = "verify", a.id = std::to_string(i), a.kind = metrics::AnswerKind::yes_no,
      a.question = "?", a.options = {"yes", "no"}, a.gold = {i % 2 ? "no" : "yes"}, a.record = a.id;
      a.answer = good || i % 3 == 0 ? a.gold[0] : "perhaps";
      one.answers.push_back(a);
    }
    result.runs.push_back({{one.name, "generated answers", good ? "" : "--limit 12 questions"},
                           metrics::score_tasks(one.answers, result.intervals)});
    runs.push_back(std::move(one));
  }
  result.differences = {metrics::compare(runs[0], runs[1], result.intervals)};
  return result;
}

TEST(TaskComparisonTable, HasRunsAndDifferences) {
  const auto table = task_comparison_table(tasks());
  for (const char* part : {"SAMPLE ONLY: <poor>: --limit 12 questions", "good minus <poor>",
                           "verify", "+0.667", "0, 8", "Holm"})
    EXPECT_TRUE(has(table, part));
}

TEST(TaskComparisonPage, StandsAloneAndEscapes) {
  const auto page = task_comparison_page(tasks());
  for (const char* part : {"good minus &lt;poor&gt;", "+0.667", "Sample only: &lt;poor&gt;"})
    EXPECT_TRUE(has(page, part));
  for (const char* outside : {"http:", "https:", "<poor>", ">nan"})
    EXPECT_FALSE(has(page, outside)) << outside;
}

TEST(TaskComparisonJson, HoldsEveryDifference) {
  const auto json = task_comparison_json(tasks());
  const auto& task = json.at("differences").at(0).at("tasks").at(0);
  EXPECT_EQ(task.at("metrics").at("accuracy").at("second"), 1.0);
  EXPECT_EQ(task.at("right_only_in_second"), 8);
  EXPECT_TRUE(task.at("metrics").at("auroc").at("difference").is_null()) << "no likelihoods";
  EXPECT_EQ(json.at("runs").at(1).at("score"), "generated answers");
}

}  // namespace
}  // namespace ecg_lora::report
