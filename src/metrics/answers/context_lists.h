// The trigger phrases of ConText, as data: what each does, and whose list it is from.
#pragma once

#include <span>

namespace ecg_lora::metrics {

/// What a text says of a concept (a label, an option, a statement of a report).
enum class Assertion {
  affirmed,     ///< that it is there; of a concept without any trigger, too
  possible,     ///< "possible", "cannot be ruled out"
  denied,       ///< that it is not there
  not_now,      ///< that an acute, new or clear one is not there; yields to an old one that is
  open_list,    ///< perhaps a part of a list whose beginning is denied: "No MI, HYP"
  before_list,  ///< perhaps a part of a list whose end is denied: "MI, HYP absent"
  alternative,  ///< one of several without a choice: "MI or HYP"
  unknown,      ///< that it is not known: "unclear whether"
  asked,        ///< "MI?" without an answer; possible in a report (Cotik et al. 2016)
  elsewhere,    ///< nothing of this recording: history, relatives, "if", a list of options
};

/// How a trigger reaches concepts (Harkema et al. 2009). `negation` and `predicate` are what
/// medspaCy calls bidirectional, with a side that comes first.
enum class Role {
  before,     ///< forward, to a termination or the end of the sentence
  after,      ///< backward, to the trigger before it or the beginning of its part of the sentence
  negation,   ///< "no", "not": forward if a concept follows in its part of the sentence, else
              ///< backward
  predicate,  ///< "absent": backward if a concept precedes in its part of the sentence, else
              ///< forward
  heading,    ///< forward over a list behind a colon, and only there
  value,      ///< only behind a label in a list of pairs or a table
  pseudo,     ///< looks like a trigger and is none
  end,        ///< termination
  turn,       ///< Swedish "utan": a termination behind a denied concept ("but"), else `before`
              ///< ("without")
  all_of,     ///< "and" between concepts
  one_of,     ///< "or", "nor"
  nothing,    ///< "none of the labels": an answer that names no concept
  filler,     ///< says nothing; a sentence "The ECG is normal" is the word "normal" alone
};

/// Phrases with "; " between them, words of it in lower case.
struct TriggerLine {
  Role role;
  Assertion assertion;
  const char* source;
  const char* phrases;
};

std::span<const TriggerLine> english_triggers();
std::span<const TriggerLine> german_triggers();
std::span<const TriggerLine> swedish_triggers();

}  // namespace ecg_lora::metrics
