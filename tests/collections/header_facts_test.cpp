#include "ecg/collections/header_facts.h"

#include "base/expect_error.h"

namespace ecg_lora::collections {
namespace {

using testing::error_of;
using testing::has;

HeaderFacts parse(const std::string& text) {
  return parse_header_facts(text, "r.hea");
}

TEST(HeaderFacts, ReadsTheChallengeComments) {
  for (const char* text :
       {"r 1 500 5000\nr.mat 16\n# Age: 59\n# Sex: Female\n# Dx: 164934002,426783006\n",
        "r 1 500 5000\r\nr.mat 16\r\n#Age:59\r\n#Sex: F\r\n#Dx: 164934002, 426783006,\r\n"}) {
    const HeaderFacts facts = parse(text);
    EXPECT_EQ(facts.age, 59);
    EXPECT_EQ(facts.sex, 1);
    EXPECT_EQ(facts.diagnoses, (std::vector<std::string>{"164934002", "426783006"}));
    EXPECT_TRUE(facts.has_diagnoses);
    EXPECT_EQ(facts.problem, "");
  }
}

TEST(HeaderFacts, UnknownIsNoError) {
  const HeaderFacts facts =
      parse("r 1\n#Age: NaN\n#Sex: Unknown\n#Dx: Unknown\n# Rx: x\n# free text\n");
  EXPECT_FALSE(facts.age || facts.sex);
  EXPECT_TRUE(facts.has_diagnoses && facts.diagnoses.empty());
  EXPECT_EQ(facts.problem, "");
  EXPECT_FALSE(parse("r 1\n#Age: -1\n").age);
  EXPECT_FALSE(parse("r 1\n").has_diagnoses);
}

TEST(HeaderFacts, ReadsTimeAndSegments) {
  EXPECT_EQ(parse("r 1 250 100 10:02:33 14/05/1989\n").recorded, "1989-05-14 10:02:33");
  EXPECT_EQ(parse("r 1 250 100 10:02:33 14/15/1989\n").recorded, "");
  EXPECT_EQ(parse("r 1 250 100 10:02:33\n").recorded, "");
  EXPECT_EQ(parse("m/3 2 250 300\nm_layout 0\nm_1 100\n~ 200\nnot one 1\n").segments,
            (std::vector<std::string>{"m_layout", "m_1", "~"}));
}

TEST(HeaderFacts, SaysWhatIsWrong) {
  EXPECT_EQ(parse("r 1\n#Age: old\n").problem, "r.hea line 2: expected an age in years, got 'old'");
  EXPECT_TRUE(has(parse("r 1\n#Sex: x\n").problem, "r.hea line 2: expected the sex"));
  EXPECT_TRUE(has(parse("r 1\n#Dx: AF\n").problem, "got 'AF'"));
  EXPECT_TRUE(has(error_of(ExitCode::data, [] { parse("# only\n"); }),
                  "r.hea: expected a WFDB record line"));
  EXPECT_TRUE(has(error_of(ExitCode::data, [] { parse("\nx\n"); }),
                  "r.hea line 2: expected a WFDB record line"));
}

}  // namespace
}  // namespace ecg_lora::collections
