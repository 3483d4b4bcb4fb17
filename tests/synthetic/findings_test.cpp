#include <map>
#include <set>
#include <sstream>

#include "base/expect_error.h"
#include "ecg_lora/ecg/ptbxl/wording.h"
#include "ecg_lora/synthetic/cohort/dataset.h"
#include "ecg_lora/synthetic/conditions/conditions.h"

namespace ecg_lora::synthetic {
namespace {

std::set<std::string> content_words(Preset preset) {
  // "rhythm" says what kind of thing is described, as in "an irregular rhythm" and "sinus rhythm";
  // it names no condition.
  static const std::set<std::string> kCommonWords = {"a",    "in", "of", "the",  "and",   "or",
                                                     "that", "to", "is", "than", "rhythm"};
  std::set<std::string> words;
  for (const ptbxl::Statement& statement : statements(preset)) {
    const auto words_of = ptbxl::Wording::builtin().statement(statement.code);
    const auto asked = words_of ? words_of->words.asked : "";
    std::istringstream text(statement.description + " " + asked);
    for (std::string word; text >> word;) {
      std::string plain;
      for (const char c : word) {
        if (std::isalnum(static_cast<unsigned char>(c)))
          plain += static_cast<char>(std::tolower(c));
      }
      if (kCommonWords.count(plain) == 0) words.insert(plain);
    }
  }
  return words;
}

TEST(Findings, ShareNoContentWordWithTheConditions) {
  const std::set<std::string> conditions = content_words(Preset::conditions);
  EXPECT_TRUE(conditions.count("fibrillation") && conditions.count("tachycardia"));
  for (const std::string& word : content_words(Preset::findings))
    EXPECT_EQ(conditions.count(word), 0u) << word;
}

TEST(Findings, AreCommonEnoughToLearn) {
  std::map<std::string, int> count;
  const int records = 3000;
  for (int k = 0; k < records; ++k) {
    Random random{4, static_cast<std::uint64_t>(k)};
    for (const auto& entry : draw_findings(random).codes) ++count[entry.code];
  }
  EXPECT_EQ(count.size(), statements(Preset::findings).size());
  EXPECT_GE(count.size(), 24u);
  for (const auto& [code, n] : count) {
    EXPECT_GT(n, 0.18 * records) << code;
    EXPECT_LT(n, 0.6 * records) << code;
  }
}

TEST(Findings, FollowFromTheMorphology) {
  const auto found = [](const Morphology& m) {
    const std::vector<std::string> codes = findings_of(m);
    return std::set<std::string>(codes.begin(), codes.end());
  };
  Morphology m;
  EXPECT_EQ(found(m), std::set<std::string>{"F_P"}) << "a healthy trace";
  m.heart_rate = 130;
  m.p_amplitude = 0;
  m.fibrillation = 0.1;
  m.rr_irregularity = 0.2;
  EXPECT_EQ(found(m), (std::set<std::string>{"F_FAST", "F_UNEQUAL", "F_JAGGED"}));
  m = {};
  m.terminal = {-0.6, 0, 0.9};
  m.qrs_duration = 0.15;
  EXPECT_TRUE(found(m).count("F_WIDE") && found(m).count("F_LATE_V1"));
  m = {};
  m.q_wave.inferior = 0.6;
  m.st_level.inferior = 0.3;
  EXPECT_EQ(found(m), (std::set<std::string>{"F_P", "F_Q_III", "F_ST_UP_II"}));
}

TEST(Findings, CoverTheShapesOfTheConditions) {
  std::map<std::string, int> seen;
  for (std::uint64_t k = 0; k < 3000; ++k) {
    Random random{4, k};
    std::set<std::string> codes;
    for (const auto& entry : draw_findings(random).codes) codes.insert(entry.code);
    const auto all = [&](std::initializer_list<const char*> wanted) {
      return std::all_of(wanted.begin(), wanted.end(),
                         [&](const char* code) { return codes.count(code) > 0; });
    };
    seen["right bundle"] += all({"F_WIDE", "F_LATE_V1"});
    seen["left bundle"] += all({"F_WIDE", "F_NOTCH", "F_T_DOWN_V6"});
    seen["fibrillation"] += all({"F_UNEQUAL", "F_JAGGED"}) && codes.count("F_P") == 0;
    seen["inferior Q"] += all({"F_Q_III", "F_T_DOWN_AVF"});
    seen["anterior Q"] += all({"F_Q_V2", "F_ST_UP_V2"});
    seen["strain"] += all({"F_TALL_V5", "F_DEEP_V2", "F_T_DOWN_V6"});
    seen["long PQ"] += all({"F_PQ_LONG"});
  }
  for (const auto& [shape, n] : seen) EXPECT_GT(n, 60) << shape;
}

}  // namespace
}  // namespace ecg_lora::synthetic
