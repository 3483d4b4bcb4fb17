// ConText (Harkema et al. 2009): the scope of a trigger is all concepts to the end of the sentence,
// or to a termination. What it leaves open is how far a denial reaches in a list without a
// conjunction ("No MI, HYP"); see docs/users/tasks.md.
#include <optional>

#include "clause.h"

namespace ecg_lora::metrics {
namespace {

using Kind = Element::Kind;
using Mark = Token::Kind;

/// "it is ruled out" in a clause of its own is said of the one label of the clause before.
void deny_single(std::vector<Element>& elements, std::size_t begin, std::size_t end,
                 Assertion assertion) {
  std::optional<std::size_t> label;
  for (auto i = begin; i < end; ++i) {
    if (elements[i].kind != Kind::label) continue;
    if (label && *label != elements[i].label) return;
    label = elements[i].label;
  }
  for (auto i = begin; i < end; ++i)
    if (elements[i].kind == Kind::label && !elements[i].settled && !elements[i].denies())
      elements[i].assertion = assertion;
}

/// Goes through the elements of a text and reads clause by clause.
class Reader {
 public:
  Reader(std::vector<Element>& elements, const Concepts& concepts)
      : elements_(elements), clause_(elements, concepts) {}

  void run() {
    for (std::size_t i = 0; i < elements_.size(); ++i) {
      auto& element = elements_[i];
      if (element.is(Role::turn)) element.role = denied_ ? Role::end : Role::before;
      if (element.ends_sentence() || element.is(Mark::bar) || element.is(Mark::closing) ||
          element.is(Role::end)) {
        close(i, !element.is(Role::end));
      } else if (element.is(Mark::colon) && label_) {
        close(i, true);  // "It is not normal: MI"
      } else if (element.is(Mark::comma) || element.is(Mark::colon)) {
        ++segment_;
      } else if (element.is(Role::all_of) || element.is(Role::one_of)) {
        joined_ = true, by_or_ = by_or_ || element.is(Role::one_of);
      } else if (element.kind == Kind::label && !element.settled) {
        clause_.add(i, segment_, joined_, by_or_);
        label_ = true;
        joined_ = by_or_ = false;
        denied_ = denied_ || denial_;
      } else if (element.kind == Kind::trigger && element.role <= Role::predicate) {
        clause_.add(i, segment_, false, false);
        denial_ = denial_ || element.denies();
      }
    }
    close(elements_.size(), true);
  }

 private:
  void close(std::size_t end, bool sentence) {
    clause_.read();
    if (clause_.has_label()) {
      before_ = begin_;
    } else if (const auto assertion = clause_.denial(); assertion && before_ < begin_) {
      deny_single(elements_, before_, begin_, *assertion);
      before_ = begin_;
    }
    begin_ = end;
    if (sentence) before_ = begin_, denied_ = denial_ = false;
    clause_.clear();
    joined_ = by_or_ = label_ = false;
  }

  std::vector<Element>& elements_;
  Clause clause_;
  int segment_ = 0;
  bool label_ = false;                    ///< in this clause
  bool joined_ = false, by_or_ = false;   ///< since the last label
  bool denial_ = false, denied_ = false;  ///< in this sentence: a denial, and a label behind it
  std::size_t begin_ = 0, before_ = 0;    ///< of the clause, and of the last one with a label
};

}  // namespace

void apply_triggers(std::vector<Element>& elements, const Concepts& concepts) {
  Reader(elements, concepts).run();
}

}  // namespace ecg_lora::metrics
