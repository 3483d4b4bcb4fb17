// ConText (Harkema et al. 2009): the scope of a trigger is all concepts to the end of the sentence,
// or to a termination. What it leaves open is how far a denial reaches in a list without a
// conjunction ("No MI, HYP"); see docs/users/tasks.md.
#include <optional>

#include "clause.h"

namespace ecg_lora::metrics {
namespace {

using Kind = Item::Kind;
using Mark = Token::Kind;

/// "it is ruled out" in a clause of its own is said of the one label of the clause before.
void deny_single(std::vector<Item>& items, std::size_t begin, std::size_t end, Said said) {
  std::optional<std::size_t> label;
  for (auto i = begin; i < end; ++i) {
    if (items[i].kind != Kind::label) continue;
    if (label && *label != items[i].label) return;
    label = items[i].label;
  }
  for (auto i = begin; i < end; ++i)
    if (items[i].kind == Kind::label && !items[i].settled && !items[i].denies())
      items[i].said = said;
}

/// Goes through the items of a text and reads clause by clause.
class Reader {
 public:
  Reader(std::vector<Item>& items, const Concepts& concepts)
      : items_(items), clause_(items, concepts) {}

  void run() {
    for (std::size_t i = 0; i < items_.size(); ++i) {
      auto& item = items_[i];
      if (item.is(Role::turn)) item.role = denied_ ? Role::end : Role::before;
      if (item.ends_sentence() || item.is(Mark::bar) || item.is(Mark::closing) ||
          item.is(Role::end)) {
        close(i, !item.is(Role::end));
      } else if (item.is(Mark::colon) && label_) {
        close(i, true);  // "It is not normal: MI"
      } else if (item.is(Mark::comma) || item.is(Mark::colon)) {
        ++segment_;
      } else if (item.is(Role::all_of) || item.is(Role::one_of)) {
        joined_ = true, by_or_ = by_or_ || item.is(Role::one_of);
      } else if (item.kind == Kind::label && !item.settled) {
        clause_.add(i, segment_, joined_, by_or_);
        label_ = true;
        joined_ = by_or_ = false;
        denied_ = denied_ || denial_;
      } else if (item.kind == Kind::trigger && item.role <= Role::predicate) {
        clause_.add(i, segment_, false, false);
        denial_ = denial_ || item.denies();
      }
    }
    close(items_.size(), true);
  }

 private:
  void close(std::size_t end, bool sentence) {
    clause_.read();
    if (clause_.has_label()) {
      before_ = begin_;
    } else if (const auto said = clause_.denial(); said && before_ < begin_) {
      deny_single(items_, before_, begin_, *said);
      before_ = begin_;
    }
    begin_ = end;
    if (sentence) before_ = begin_, denied_ = denial_ = false;
    clause_.clear();
    joined_ = by_or_ = label_ = false;
  }

  std::vector<Item>& items_;
  Clause clause_;
  int segment_ = 0;
  bool label_ = false;                    ///< in this clause
  bool joined_ = false, by_or_ = false;   ///< since the last label
  bool denial_ = false, denied_ = false;  ///< in this sentence: a denial, and a label behind it
  std::size_t begin_ = 0, before_ = 0;    ///< of the clause, and of the last one with a label
};

}  // namespace

void apply_triggers(std::vector<Item>& items, const Concepts& concepts) {
  Reader(items, concepts).run();
}

}  // namespace ecg_lora::metrics
