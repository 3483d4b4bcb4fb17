// A text as what ConText looks at: concepts, triggers, marks and other words.
#pragma once

#include <vector>

#include "context_lists.h"
#include "phrase_index.h"

namespace ecg_lora::metrics {

/// What is looked for: phrases whose ids are places in `labels`.
struct Concepts {
  struct Label {
    bool counts = true;   ///< one that may be answered, not a decoy
    bool normal = false;  ///< LabelPhrases::normal
  };
  std::vector<Label> labels;
  PhraseIndex phrases;
  PhraseIndex alone;  ///< only as the single word that says something between two marks: "Normal."
};

/// A label, a trigger, a mark, or a word that is none.
struct Element {
  enum class Kind { label, trigger, mark, word, filler } kind = Kind::word;
  std::size_t label = 0;  ///< of a label
  Assertion assertion =
      Assertion::affirmed;   ///< of a label, what is said of it; of a trigger, what it says
  Role role = Role::pseudo;  ///< of a trigger
  Token::Kind mark = Token::Kind::word;  ///< of a mark
  bool settled = false;  ///< a label of a pair, table or list: triggers no longer change it
  bool reaches = false;  ///< a trigger of several words, which reaches over the commas of a list
  bool plural = false;   ///< "are", "do not apply": said of a whole list
  bool number = false;   ///< a word of digits, or %

  bool is(Role r) const { return kind == Kind::trigger && role == r; }
  bool is(Token::Kind m) const { return kind == Kind::mark && mark == m; }
  bool denies() const { return assertion == Assertion::denied || assertion == Assertion::not_now; }
  bool ends_sentence() const {
    return is(Token::Kind::stop) || is(Token::Kind::newline) || is(Token::Kind::asks);
  }
};

/// The longest trigger at a token.
PhraseIndex::Match trigger_at(const std::vector<Token>& tokens, std::size_t i);

/// Whether a text without labels says that none applies: "None of them", "Keine."
bool names_nothing(const std::vector<Token>& tokens);

std::vector<Element> elements_of(const std::vector<Token>& tokens, const Concepts& concepts);

/// Pairs ("MI: no"), tables, lists behind a heading ("Absent: MI, HYP") and questions with their
/// answer: settles their labels, and turns their values into terminations.
void settle_forms(std::vector<Element>& elements, const Concepts& concepts);

/// ConText (Harkema et al. 2009) on the labels that are not settled.
void apply_triggers(std::vector<Element>& elements, const Concepts& concepts);

}  // namespace ecg_lora::metrics
