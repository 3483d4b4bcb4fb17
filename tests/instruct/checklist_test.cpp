#include "ecg_lora/instruct/format/record_questions.h"
#include "ptbxl/tables.h"

namespace ecg_lora::instruct {
namespace {

using testing::load;
using testing::row;

TEST(Checklist, AsksForAllLabelsAtOnceAndAnswersALineForEach) {
  const auto database = load(row(1, "{'NORM': 100.0}") + row(2, "{'AMI': 80.0, 'AFIB': 0.0}") +
                             row(3, "{'SR': 0.0}"));
  const auto samples =
      make_record_questions(database, {database, "NORM,AMI,AFIB"}, {3}, Ask::checklist);
  ASSERT_EQ(samples.size(), 3u);
  for (const auto& sample : samples) {
    ASSERT_EQ(sample.questions.size(), 1u);
    EXPECT_EQ(sample.questions[0].label, "");
    EXPECT_EQ(sample.questions[0].text, "What does this ECG show?");
  }
  EXPECT_EQ(samples[0].questions[0].answer,
            "atrial fibrillation: No\nanterior myocardial infarction: No\nnormal ECG: Yes");
  EXPECT_EQ(samples[1].questions[0].answer,
            "atrial fibrillation: Yes\nanterior myocardial infarction: Yes\nnormal ECG: No");
  EXPECT_EQ(samples[2].questions[0].answer,
            "atrial fibrillation: No\nanterior myocardial infarction: No\nnormal ECG: No");
  EXPECT_TRUE(samples[0].questions[0].positive);
  EXPECT_TRUE(samples[1].questions[0].positive);
  EXPECT_FALSE(samples[2].questions[0].positive);
  EXPECT_EQ(parse_ask("checklist"), Ask::checklist);
}

TEST(Checklist, RecordsWithoutALabelAreLeftOutOfANamedSet) {
  const auto database = load(row(1, "{'NORM': 100.0}") + row(2, "{'SR': 0.0}"));
  EXPECT_EQ(make_record_questions(database, {database, "superclass"}, {3}, Ask::checklist).size(),
            1u);
}

}  // namespace
}  // namespace ecg_lora::instruct
