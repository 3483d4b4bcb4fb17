// Pairs and tables.
#include "forms.h"

namespace ecg_lora::metrics {

void Forms::pairs() {
  int digits = 0;  // "NORM 0, MI 1"
  for (std::size_t i = 0; i + 1 < elements_.size(); ++i)
    digits += at(i).kind == Kind::label && at(i + 1).is(Role::value) && at(i + 1).number &&
              at(i + 2).kind == Kind::mark;
  bare_digits_ = digits > 1;
  for (std::size_t i = 0; i < elements_.size(); ++i)
    if (at(i).kind == Kind::label && !at(i).settled) pair(i);
  std::size_t counted = 0;
  for (const auto& label : concepts_.labels) counted += label.counts;
  // A key without a value says nothing if every label is a key: its text is read by nobody.
  if (keys_.size() < counted || counted < 2) return;
  for (const auto i : without_value_) at(i).assertion = Assertion::unknown, at(i).settled = true;
}

void Forms::columns() {
  for (std::size_t begin = 0; begin < elements_.size();) {
    const auto end = line_end(begin);
    if (const auto labels = only_labels(begin, end); labels.size() > 1) {
      auto next = end + 1;
      while (next < elements_.size() && blank(next, line_end(next))) next = line_end(next) + 1;
      if (const auto values = only_values(next, line_end(next)); values.size() == labels.size())
        for (std::size_t k = 0; k < labels.size(); ++k) settle(labels[k], values[k]);
    }
    begin = end + 1;
  }
}

std::size_t Forms::line_end(std::size_t i) {
  while (i < elements_.size() && !at(i).is(Mark::newline)) ++i;
  return i;
}

bool Forms::mark(std::size_t i, std::initializer_list<Mark> marks) {
  for (const auto m : marks)
    if (at(i).is(m)) return true;
  return false;
}

void Forms::settle(std::size_t label, std::size_t value) {
  at(label).assertion = at(value).assertion, at(label).settled = true;
  at(value) = ended();
}

Element Forms::ended() {
  Element element;
  element.kind = Kind::trigger, element.role = Role::end;
  return element;
}

bool Forms::value(std::size_t i, bool in_form) {
  const auto& element = at(i);
  if (element.kind != Kind::trigger || element.assertion == Assertion::elsewhere) return false;
  if (element.role == Role::value)
    return (in_form || (bare_digits_ && element.number)) && !at(i - 1).is(Mark::open) &&
           (at(i + 1).kind == Kind::mark || key(i + 1));  // not "extrasystole(n)", not "T wave"
  if (!in_form)
    return !element.reaches &&
           (element.role == Role::negation ||
            (element.role == Role::predicate && element.assertion == Assertion::affirmed));
  const bool before =
      element.role == Role::before && (element.reaches || element.assertion == Assertion::possible);
  return before || element.role == Role::negation || element.role == Role::predicate ||
         element.role == Role::after;
}

Forms::Separator Forms::separator(std::size_t label) {
  Separator found{label + 1, 0, false};
  if (at(found.begin).is(Role::after) && at(found.begin).assertion == Assertion::affirmed &&
      mark(found.begin + 1, {Mark::colon, Mark::bar}))
    ++found.begin;  // "MI present: no"
  auto j = found.begin;
  for (; j < found.begin + 3 && mark(j, {Mark::colon, Mark::bar, Mark::open, Mark::comma}); ++j)
    found.in_form = found.in_form || !at(j).is(Mark::comma);
  if (found.in_form && (at(j).is(Role::after) || at(j).kind == Kind::word) &&
      at(j + 1).is(Mark::colon) && value(j + 2, true)) {
    at(j).kind = Kind::filler, j += 2;  // {"MI": {"present": true}}
  }
  const auto lead = [&] {
    return at(j).kind == Kind::filler ||
           (at(j).is(Role::before) && at(j).assertion == Assertion::affirmed);
  };
  if (found.in_form && mark(found.begin, {Mark::colon, Mark::bar}))
    for (int skipped = 0; skipped < 2 && lead(); ++skipped) ++j;  // "MI: there is no …"
  found.value = j;
  return found;
}

void Forms::pair(std::size_t i) {
  const auto [begin, j, in_form] = separator(i);
  const bool key = mark(begin, {Mark::colon, Mark::bar}) && in_form;
  if (key) keys_.insert(at(i).label);
  if (key && at(begin).is(Mark::colon) && at(j).number && at(j + 1).number) {  // "0.6", "60 %"
    at(i).assertion = Assertion::unknown, at(i).settled = true;
  } else if (value(j, in_form) && closes(j + 1, in_form, i)) {
    if (begin > i + 1) at(i + 1).role = Role::pseudo;
    settle(i, j);
    for (auto k = j + 1; k < elements_.size() && at(k).kind != Kind::mark && !at(k).is(Role::end);
         ++k)
      if (at(k).kind == Kind::label && at(k).label == at(i).label)  // "MI: no sign of infarction"
        at(k).assertion = at(i).assertion, at(k).settled = true;
    if (at(begin).is(Mark::colon)) share(i);
  } else if (const auto cell = at(begin).is(Mark::bar) ? value_cell(begin) : std::nullopt) {
    settle(i, *cell);
  } else if (key) {
    without_value_.push_back(i);
  }
}

void Forms::share(std::size_t key) {
  auto i = key;
  while (i > 0 && ((at(i - 1).kind == Kind::label && !at(i - 1).settled) ||
                   mark(i - 1, {Mark::comma, Mark::slash}) || at(i - 1).is(Role::all_of) ||
                   at(i - 1).is(Role::one_of)))
    --i;
  if (i > 0 && !at(i - 1).ends_sentence() && !at(i - 1).is(Role::end)) return;
  for (; i < key; ++i)
    if (at(i).kind == Kind::label) at(i).assertion = at(key).assertion, at(i).settled = true;
}

std::optional<std::size_t> Forms::value_cell(std::size_t bar) {
  for (auto i = bar; i < elements_.size() && !at(i).is(Mark::newline) && at(i).kind != Kind::label;
       ++i)
    if (at(i).is(Mark::bar) && value(i + 1, true) &&
        (i + 2 >= elements_.size() || mark(i + 2, {Mark::bar, Mark::newline})))
      return i + 1;
  return std::nullopt;
}

bool Forms::closes(std::size_t j, bool in_form, std::size_t i) {
  if (j >= elements_.size() || at(j).is(Role::end)) return true;
  if (at(j).kind == Kind::mark) return !mark(j, {Mark::slash, Mark::asks});
  if (at(j).kind == Kind::label) return in_form && (at(j).label == at(i).label || key(j));
  return in_form && !mark(i + 1, {Mark::open}) && !names_other(j, at(i).label);
}

bool Forms::names_other(std::size_t j, std::size_t label) {
  for (; j < elements_.size() && at(j).kind != Kind::mark && !at(j).is(Role::end); ++j)
    if (at(j).kind == Kind::label && at(j).label != label && !key(j)) return true;
  return false;
}

std::vector<std::size_t> Forms::only_labels(std::size_t begin, std::size_t end) {
  std::vector<std::size_t> labels;
  for (auto i = begin; i < end; ++i) {
    if (at(i).kind == Kind::label && !at(i).settled)
      labels.push_back(i);
    else if (!at(i).is(Mark::bar))
      return {};
  }
  return labels;
}

std::vector<std::size_t> Forms::only_values(std::size_t begin, std::size_t end) {
  std::vector<std::size_t> values;
  for (auto i = begin; i < end; ++i) {
    if (value(i, true))
      values.push_back(i);
    else if (!at(i).is(Mark::bar))
      return {};
  }
  return values;
}

bool Forms::blank(std::size_t begin, std::size_t end) {
  for (auto i = begin; i < end; ++i)
    if (at(i).kind != Kind::mark) return false;
  return true;
}

void settle_forms(std::vector<Element>& elements, const Concepts& concepts) {
  Forms forms(elements, concepts);
  forms.columns();
  forms.pairs();
  forms.headings();
  forms.questions();
}

}  // namespace ecg_lora::metrics
