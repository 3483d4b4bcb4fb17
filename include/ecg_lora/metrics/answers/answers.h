// What a generated answer says, in English, German or Swedish: by whole words and with the negation
// of ConText (Harkema et al. 2009), see docs/users/tasks.md. What cannot be read is nothing:
// callers count it as wrong and report how many.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ecg_lora/metrics/texts/text_metrics.h"

namespace ecg_lora::metrics {

/// Words in lower case (ASCII and Latin-1 letters), each with the sentence it stands in. Hyphens
/// and slashes part words, and contractions are written out ("doesn’t": does not); a stop between
/// digits or in "e.g." does not end a sentence.
struct Word {
  std::string text;
  int sentence = 0;
};
std::vector<Word> words_of(std::string_view text);

/// "Yes", "No, there is …", "The answer is yes." Nothing if neither is said, or both without one
/// leading, or "Yes or no".
std::optional<bool> parse_yes_no(std::string_view text);

/// Place of the chosen option: a letter that is said to be the answer ("Answer: D", "(D)", "D."),
/// which comes first, else the one option whose words are stated (Labeller::stated). Nothing if
/// none or several are, or if letter and words disagree.
std::optional<std::size_t> parse_choice(std::string_view text,
                                        const std::vector<std::string>& options);

/// A label and the phrases that state it. Phrases of a label without a name are decoys: they hide
/// shorter ones.
struct LabelPhrases {
  std::string label;
  std::vector<std::string> phrases;
  std::vector<std::string> alone =
      {};               ///< state it only if nothing else is said between two marks: "Normal."
  bool normal = false;  ///< what is normal is not denied in a list behind a denial: "No MI, NORM"
};

/// Finds what a text says of labels: whole words, of overlapping phrases the longest, denied or
/// affirmed by ConText, by pairs and tables ("MI: no"), and by lists behind a heading.
class Labeller {
 public:
  explicit Labeller(const std::vector<LabelPhrases>& labels);
  /// For reports: what is affirmed somewhere, "possible" included. In an open list ("no X, Y") all
  /// is denied, as ConText has it.
  std::set<std::string> affirmed(std::string_view text) const;
  /// Affirmed or not.
  std::set<std::string> mentioned(std::string_view text) const;
  /// For answers: the labels that are stated; empty if labels are only denied, or none is said to
  /// apply. Nothing if no label is named, or one is ambiguous: affirmed and denied, "MI or HYP",
  /// "No MI, HYP", "unclear whether MI".
  std::optional<std::set<std::string>> stated(std::string_view text) const;

 private:
  struct Index;
  std::shared_ptr<const Index> index_;
};

/// Statements of ECG reports in English, German and Swedish, under PTB-XL's codes where it has one.
const Labeller& ecg_labeller();

/// Clinical efficacy: both texts labelled by one labeller.
struct ClinicalScores {
  double micro_precision = 0, micro_recall = 0, micro_f1 = 0;
  double macro_f1 = 0;              ///< over the labels that a reference states
  std::vector<std::string> labels;  ///< those
  std::int64_t pairs = 0, unlabelled_references =
                              0;  ///< references without any statement that the labeller knows
};
ClinicalScores clinical_efficacy(const std::vector<TextPair>& pairs, const Labeller& labeller);

}  // namespace ecg_lora::metrics
