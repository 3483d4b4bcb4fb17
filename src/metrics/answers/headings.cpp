// Lists behind a heading, and questions with their answer.
#include "forms.h"

namespace ecg_lora::metrics {

void Forms::headings() {
  bool label_before = false;  // in this sentence
  for (std::size_t i = 0; i < items_.size(); ++i) {
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
  const auto said = at(heading).said;
  if (said == Said::affirmed) {  // as a list without a heading
    at(heading) = ended();
    return colon;
  }
  bool denied = false;  // by a trigger of its own
  bool below = true;    // nothing stands on the heading's own line
  auto i = colon + 1;
  for (; i < items_.size(); ++i) {
    auto& item = at(i);
    if (item.is(Mark::newline) && (!below || (i > colon + 1 && at(i + 1).is(Mark::newline)))) break;
    if (item.is(Role::end) || (item.kind == Kind::trigger && heading_colon(i)) ||
        (!below && mark(i, {Mark::stop, Mark::closing})))
      break;
    if (item.kind != Kind::mark && !on_line_below(colon, i)) below = false;
    denied =
        item.kind == Kind::mark ? false : denied || (item.kind == Kind::trigger && item.denies());
    if (item.kind == Kind::label && !item.settled && !denied) item.said = said, item.settled = true;
  }
  at(heading) = ended();
  return i;
}

void Forms::questions() {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (at(i).is(Mark::asks)) ask(begin, i);
    if (at(i).ends_sentence()) begin = i + 1;
  }
}

void Forms::ask(std::size_t begin, std::size_t mark_at) {
  std::set<std::size_t> labels;
  for (auto i = begin; i < mark_at; ++i)
    if (at(i).kind == Kind::label && !at(i).settled) labels.insert(at(i).label);
  auto next = mark_at + 1;
  while (at(next).is(Mark::newline) && next < items_.size()) ++next;
  const bool answered = (at(next).is(Role::predicate) && at(next).said == Said::affirmed) ||
                        (at(next).is(Role::negation) && !at(next).reaches);
  const bool said_so = answered && closes(next + 1, false, next);
  for (auto i = begin; i < mark_at; ++i) {
    if (at(i).kind != Kind::label || at(i).settled) continue;
    at(i).said = !said_so                                  ? Said::asked
                 : labels.size() > 1 && !at(next).denies() ? Said::unknown
                                                           : at(next).said;
    at(i).settled = true;
  }
  if (said_so && !labels.empty()) at(next) = ended();
}

}  // namespace ecg_lora::metrics
