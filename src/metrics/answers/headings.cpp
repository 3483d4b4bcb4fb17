// Lists behind a heading, and questions with their answer.
#include "forms.h"

namespace ecg_lora::metrics {

void Forms::headings() {
  bool label_before = false;  // in this sentence
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    if (at(i).ends_sentence()) label_before = false;
    if (at(i).kind == Kind::label) label_before = true;
    const bool apart = i > 0 && mark(i - 1, {Mark::comma, Mark::closing});
    if (at(i).kind != Kind::trigger || (label_before && !apart)) continue;
    if (const auto colon = heading_colon(i)) i = list(i, *colon) - 1;
  }
}

std::optional<std::size_t> Forms::heading_colon(std::size_t i) {
  if (at(i).role == Role::end || at(i).role == Role::pseudo || at(i).role == Role::value)
    return std::nullopt;
  auto j = i + 1;
  while (j <= i + 3 && (at(j).kind == Kind::word || at(j).kind == Kind::filler)) ++j;
  return at(j).is(Mark::colon) ? std::optional(j) : std::nullopt;
}

std::size_t Forms::list(std::size_t heading, std::size_t colon) {
  const auto assertion = at(heading).assertion;
  if (assertion == Assertion::affirmed) {  // as a list without a heading
    at(heading) = ended();
    return colon;
  }
  bool denied = false;  // by a trigger of its own
  bool below = true;    // nothing stands on the heading's own line
  auto i = colon + 1;
  for (; i < elements_.size(); ++i) {
    auto& element = at(i);
    if (element.is(Mark::newline) && (!below || (i > colon + 1 && at(i + 1).is(Mark::newline))))
      break;
    if (element.is(Role::end) || (element.kind == Kind::trigger && heading_colon(i)) ||
        (!below && mark(i, {Mark::stop, Mark::closing})))
      break;
    if (element.kind != Kind::mark && !on_line_below(colon, i)) below = false;
    denied = element.kind == Kind::mark
                 ? false
                 : denied || (element.kind == Kind::trigger && element.denies());
    if (element.kind == Kind::label && !element.settled && !denied)
      element.assertion = assertion, element.settled = true;
  }
  at(heading) = ended();
  return i;
}

void Forms::questions() {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    if (at(i).is(Mark::asks)) ask(begin, i);
    if (at(i).ends_sentence()) begin = i + 1;
  }
}

void Forms::ask(std::size_t begin, std::size_t mark_at) {
  std::set<std::size_t> labels;
  for (auto i = begin; i < mark_at; ++i)
    if (at(i).kind == Kind::label && !at(i).settled) labels.insert(at(i).label);
  auto next = mark_at + 1;
  while (at(next).is(Mark::newline) && next < elements_.size()) ++next;
  const bool answered =
      (at(next).is(Role::predicate) && at(next).assertion == Assertion::affirmed) ||
      (at(next).is(Role::negation) && !at(next).reaches);
  const bool said_so = answered && closes(next + 1, false, next);
  for (auto i = begin; i < mark_at; ++i) {
    if (at(i).kind != Kind::label || at(i).settled) continue;
    at(i).assertion = !said_so                                  ? Assertion::asked
                      : labels.size() > 1 && !at(next).denies() ? Assertion::unknown
                                                                : at(next).assertion;
    at(i).settled = true;
  }
  if (said_so && !labels.empty()) at(next) = ended();
}

}  // namespace ecg_lora::metrics
