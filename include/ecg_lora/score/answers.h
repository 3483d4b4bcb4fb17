// What a generated answer says, read by words and with negation. What cannot be read is nothing: callers count it as wrong and report how many.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ecg_lora/score/text_metrics.h"

namespace ecg_lora::score {

/// Words in lower case (ASCII and Latin-1 letters), each with the sentence it stands in. Hyphens and slashes part words; a stop
/// between digits does not end a sentence.
struct Word {
  std::string text;
  int sentence = 0;
};
std::vector<Word> words_of(std::string_view text);

/// "Yes", "No, there is …", "The answer is yes." Nothing where neither or both are said without one leading.
std::optional<bool> parse_yes_no(std::string_view text);

/// Place of the chosen option: a letter that is said to be the answer ("Answer: D", "(D)", "D."), which comes first, else the one
/// option whose words are affirmed. Nothing where none or several are.
std::optional<std::size_t> parse_choice(std::string_view text, const std::vector<std::string>& options);

/// A label and the phrases that state it.
struct LabelPhrases {
  std::string label;
  std::vector<std::string> phrases;
};

/// Finds affirmed statements: whole words, of overlapping phrases the longest, and no negation in the same sentence that reaches them. A negation (no, not,
/// without, kein, ohne …) reaches forward to the end of its sentence or to "but", "with" and the like; "absent", "excluded", "not seen" reach back to the
/// phrase before them.
class Labeller {
 public:
  explicit Labeller(const std::vector<LabelPhrases>& labels);
  std::set<std::string> affirmed(std::string_view text) const { return find(text, false); }
  /// Affirmed or negated.
  std::set<std::string> mentioned(std::string_view text) const { return find(text, true); }

 private:
  std::set<std::string> find(std::string_view text, bool negated) const;
  struct Phrase {
    std::size_t label;
    std::vector<std::string> words;
  };
  std::vector<std::string> labels_;
  std::vector<Phrase> phrases_;  ///< longest first
};

/// Statements of ECG reports in English and German, under PTB-XL's codes where it has one.
const Labeller& ecg_labeller();

/// Clinical efficacy: both texts labelled by one labeller.
struct ClinicalScores {
  double micro_precision = 0, micro_recall = 0, micro_f1 = 0;
  double macro_f1 = 0;                   ///< over the labels that a reference states
  std::vector<std::string> labels;       ///< those
  std::int64_t pairs = 0, unlabelled_references = 0;  ///< references without any statement that the labeller knows
};
ClinicalScores clinical_efficacy(const std::vector<TextPair>& pairs, const Labeller& labeller);

}  // namespace ecg_lora::score
