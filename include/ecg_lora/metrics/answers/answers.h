// What a generated answer says, in English, German or Swedish: by whole words and with the negation
// of ConText (Harkema et al. 2009, J Biomed Inform 42:839), see docs/users/tasks.md.
//
// Any bytes may be given. What cannot be read is an empty result, never an error: callers count it
// as wrong and report how many.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ecg_lora/metrics/texts/text_metrics.h"

namespace ecg_lora::metrics {

/// A word in lower case (ASCII and Latin-1 letters).
struct Word {
  std::string text;
  int sentence = 0;  ///< number of its sentence, from 0
};
/// The words of a text in order. Hyphens and slashes separate words, and contractions are written
/// out ("doesn’t": does not); a full stop between digits or in "e.g." does not end a sentence.
std::vector<Word> words_of(std::string_view text);

/// The part of a text that is the answer: behind "</think>", then in <answer>, in \boxed{}, or
/// behind the last "Answer:", "The answer is", "Antwort:" or "Svar:"; without these all of it.
std::string_view final_part(std::string_view text);

/// "Yes", "No, there is …", "The answer is yes." Empty if neither is said, or both without one of
/// them first, or "Yes or no".
std::optional<bool> parse_yes_no(std::string_view text);

/// Place of the chosen option in `options`, read in final_part(text): that of a letter that comes
/// first ("D", "(D)", "D."), else the one option whose words are stated (Labeller::stated). Empty
/// if none or several are chosen, or if letter and words disagree.
std::optional<std::size_t> parse_choice(std::string_view text,
                                        const std::vector<std::string>& options);

/// A label and the phrases that state it. Phrases of a label with an empty name are decoys: where
/// one of them stands, no shorter phrase within it counts.
struct LabelPhrases {
  std::string label;
  std::vector<std::string> phrases;
  /// Phrases that state it only if nothing else is said between two marks: "Normal."
  std::vector<std::string> alone = {};
  bool normal = false;  ///< what is normal is not denied in a list behind a denial: "No MI, NORM"
};

/// Finds which labels a text affirms or denies: by whole words, the longest of overlapping phrases,
/// ConText's negation, pairs and tables ("MI: no"), and lists below a heading. Results are names of
/// labels. Copies share their phrases; const members may be called from several threads.
class Labeller {
 public:
  explicit Labeller(const std::vector<LabelPhrases>& labels);
  /// For reports: the labels that are affirmed somewhere, "possible" included. In a list without
  /// "and" ("no X, Y") all is denied, as ConText has it.
  std::set<std::string> affirmed(std::string_view text) const;
  /// The labels that are named, affirmed or not.
  std::set<std::string> mentioned(std::string_view text) const;
  /// For answers: the labels that are stated; the empty set if labels are only denied, or none is
  /// said to apply. No set if no label is named, or if one is ambiguous: affirmed and denied, "MI
  /// or HYP", "No MI, HYP", "unclear whether MI".
  std::optional<std::set<std::string>> stated(std::string_view text) const;

 private:
  struct Index;
  std::shared_ptr<const Index> index_;
};

/// Finds statements of ECG reports in English, German and Swedish, under PTB-XL's code for each
/// that has one.
const Labeller& ecg_labeller();

/// Clinical efficacy (Liu et al. 2019): the labels of generated reports scored against those of
/// their references, both found by one labeller. All values are from 0 to 1.
struct ClinicalScores {
  double micro_precision = 0, micro_recall = 0, micro_f1 = 0;
  double macro_f1 = 0;                     ///< mean over `labels`
  std::vector<std::string> labels;         ///< those that a reference affirms
  std::int64_t pairs = 0;                  ///< reports scored
  std::int64_t unlabelled_references = 0;  ///< references without a statement that is known
};
ClinicalScores clinical_efficacy(const std::vector<TextPair>& pairs, const Labeller& labeller);

}  // namespace ecg_lora::metrics
