#include "ecg_lora/report/evaluation_page.h"

#include "base/expect_error.h"

namespace ecg_lora::report {
namespace {

using testing::has;

/// Forty records of twenty patients, two labels, one of them without a positive; probabilities on a
/// grid.
std::vector<metrics::Prediction> answers(int fold, int offset) {
  std::vector<metrics::Prediction> result;
  for (int i = 0; i < 40; ++i) {
    const bool gold = i % 3 == 0;
    result.push_back({offset + i, (offset + i) / 2, fold, "AFIB",
                      "Does this ECG show <b>AFIB</b> & more?", gold, (i * 7 % 20) / 20.0,
                      i == 0 ? "No \"sign\" of it." : ""});
    result.push_back({offset + i, (offset + i) / 2, fold, "NONE", "", false, 0.25});
  }
  return result;
}

metrics::Evaluation evaluation() {
  metrics::Grouping sex{"sex", {}};
  for (int i = 1000; i < 1010; ++i) sex.groups[i] = {"female"};
  metrics::EvaluationOptions options;
  options.intervals.resamples = 20;
  return metrics::evaluate(answers(9, 0), answers(10, 1000), {sex}, options);
}

const Provenance kProvenance{
    "folds 1-8 train, 9 chooses thresholds, 10 tests", "", {{"config", {{"seed", 3}}}}};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(EvaluationPage, StandsAlone) {
  const auto page = evaluation_page(evaluation(), kProvenance, {"A <title>", {}});
  for (const char* outside :
       {"http:", "https:", "src=\"/", "@import", "url(", "<link", "<title>A <title>"})
    EXPECT_FALSE(has(page, outside)) << outside;
  for (const char* part :
       {"<!doctype html>", "A &lt;title&gt;", "prefers-color-scheme:dark", "@media print",
        "id=\"labels\"", "id=\"curves\"", "id=\"calibration\"", "id=\"groups\"", "id=\"errors\"",
        "id=\"provenance\"", "not a medical device"})
    EXPECT_TRUE(has(page, part));
}

TEST(EvaluationPage, EveryElementIsClosed) {
  const auto page = evaluation_page(evaluation(), kProvenance, {});
  for (const std::string tag : {"section", "table", "tr", "td", "th", "div", "figure", "svg",
                                "details", "article", "dl", "p", "ul", "main"})
    EXPECT_EQ(count(page, "<" + tag + ">") + count(page, "<" + tag + " "),
              count(page, "</" + tag + ">"))
        << tag;
}

TEST(EvaluationPage, TextFromOutsideIsEscaped) {
  const auto page = evaluation_page(evaluation(), kProvenance, {});
  EXPECT_FALSE(has(page, "show <b>AFIB"));
  EXPECT_TRUE(has(page, "Does this ECG show &lt;b&gt;AFIB&lt;/b&gt; &amp; more?"));
}

TEST(EvaluationPage, NamesOneClassLabelsSmallGroupsAndSamples) {
  auto from = kProvenance;
  from.sample = "--limit 5 records";
  from.notices = {{"other", 3, "records of other folds"}, {"none", 0, "must not be shown"}};
  const auto page = evaluation_page(evaluation(), from, {});
  EXPECT_TRUE(has(page, "One class only, left out of macro and weighted means: NONE."));
  EXPECT_TRUE(has(page, "under 20"));
  EXPECT_TRUE(has(page, "Sample only: --limit 5 records"));
  EXPECT_TRUE(has(page, "3 records of other folds"));
  EXPECT_FALSE(has(page, "must not be shown"));
  EXPECT_FALSE(testing::matches(page, "[> \",]-?nan[< \",]"));
}

TEST(EvaluationPage, ShowsTheRecordsThatTheCallerDraws) {
  std::vector<int> asked;
  PageOptions options;
  options.png = [&](int ecg_id) -> std::string {
    asked.push_back(ecg_id);
    return asked.size() == 1 ? std::string("\x89PNG\r\n", 6) : "";
  };
  const auto page = evaluation_page(evaluation(), kProvenance, options);
  EXPECT_EQ(asked.size(), 12u);
  EXPECT_EQ(count(page, "<img "), 1u);
  EXPECT_TRUE(has(page, "src=\"data:image/png;base64,iVBORw0K\""));  // RFC 4648
}

}  // namespace
}  // namespace ecg_lora::report
