#include "clause.h"

#include <algorithm>

namespace ecg_lora::metrics {
namespace {

using Kind = Element::Kind;

}  // namespace

bool Clause::has_label() const {
  return std::any_of(places_.begin(), places_.end(),
                     [&](const Place& p) { return at(p).kind == Kind::label; });
}

std::optional<Assertion> Clause::denial() const {
  for (const auto& p : places_)
    if (at(p).is(Role::predicate) && at(p).denies()) return at(p).assertion;
  return std::nullopt;
}

void Clause::read() {
  find_neighbours();
  forward();
  backward();
  for (auto& p : places_)
    if (at(p).kind == Kind::label) at(p).assertion = assertion_of(p);
  alternatives();
}

void Clause::find_neighbours() {
  int segment = -1;
  const Place* next = nullptr;
  for (auto p = places_.rbegin(); p != places_.rend(); ++p) {
    if (at(*p).kind == Kind::label) {
      p->closed = p->joined || (next && (next->joined || next->closed));
      segment = p->segment, next = &*p;
    } else {
      p->ahead = segment == p->segment, next = nullptr;
      if (!weak(*p)) segment = -1;
    }
  }
  segment = -1;
  for (auto& p : places_) {
    if (at(p).kind == Kind::label)
      segment = p.segment;
    else if (p.behind = segment == p.segment; at(p).role == Role::before && !idle(p))
      segment = -1;
  }
}

bool Clause::reaches_forward(const Place& p) const {
  const auto role = at(p).role;
  return role == Role::before || (role == Role::negation && (p.ahead || !p.behind)) ||
         (role == Role::predicate && !p.behind && p.ahead);
}

void Clause::forward() {
  const Place* active = nullptr;
  bool label_seen = false, alone = false, reaches = false;
  for (std::size_t k = 0; k < places_.size(); ++k) {
    auto& p = places_[k];
    if (at(p).kind == Kind::label) {
      if (active) cover(p, *active, label_seen, reaches, alone);
      label_seen = true;
    } else if (idle(p) && p.behind) {
      continue;
    } else if (reaches_forward(p)) {
      if (active && !label_seen && active->segment == p.segment && weak(p) &&
          at(*active).assertion != Assertion::affirmed) {
        reaches = reaches || at(*active).denies();  // "does not show", "no signs of"
        continue;
      }
      active = &p, label_seen = false, reaches = at(p).reaches;
      alone = k == 0 && at(p).role == Role::negation &&
              (places_.size() == 1 || places_[1].segment != p.segment);  // "No, …"
    } else if (at(p).assertion == Assertion::affirmed && active && active->segment != p.segment) {
      active = nullptr;
    }
  }
}

void Clause::cover(Place& p, const Place& trigger, bool label_seen, bool reaches, bool alone) {
  const auto& t = at(trigger);
  const bool normal = concepts_.labels[at(p).label].normal && !p.by_or &&
                      (label_seen || trigger.segment != p.segment);
  p.same_segment = trigger.segment == p.segment;
  if (t.denies()) {
    if (normal) return;
    p.from_before = t.assertion;
    p.open_before = !p.same_segment && (alone || (!reaches && !p.closed));
  } else if (p.same_segment || p.closed) {
    p.from_before = t.assertion;
  }
}

void Clause::backward() {
  std::vector<Place*> pending, last;
  for (auto& p : places_) {
    if (at(p).kind == Kind::label) {
      pending.push_back(&p);
    } else if (idle(p) && p.behind) {
      continue;
    } else if (reaches_forward(p)) {
      pending.clear(), last.clear();
    } else {
      const bool affirms =
          at(p).assertion == Assertion::affirmed || at(p).assertion == Assertion::possible;
      if (pending.empty() && affirms) continue;  // says no more of what is behind it
      if (!pending.empty()) last = listed(pending, p);
      for (auto* label : last) cover_behind(*label, p, *last.back());
      pending.clear();
      if (!affirms) last.clear();
    }
  }
}

std::vector<Clause::Place*> Clause::listed(const std::vector<Place*>& pending,
                                           const Place& trigger) const {
  constexpr std::size_t words = 6;  // NegEx's window of five words, and the trigger
  const auto* nearest = pending.back();
  if (trigger.element > nearest->element + words && trigger.segment == nearest->segment) return {};
  auto first = pending.size() - 1;
  while (first > 0) {
    const auto &label = *pending[first], &before = *pending[first - 1];
    if (!label.joined && label.segment == before.segment && at(label).label != at(before).label)
      break;
    --first;
  }
  return {pending.begin() + static_cast<std::ptrdiff_t>(first), pending.end()};
}

void Clause::cover_behind(Place& label, const Place& trigger, const Place& nearest) {
  const auto assertion = at(trigger).assertion;
  const bool own = label.segment == nearest.segment;
  if (!own && (assertion == Assertion::affirmed || assertion == Assertion::possible)) return;
  const auto before = trigger.element > 0 ? trigger.element - 1 : 0;
  const bool whole_list = own || label.closed || at(trigger).plural || elements_[before].plural;
  if (!whole_list && concepts_.labels[at(label).label].normal) return;
  label.from_behind = assertion;
  label.open_behind = !whole_list;
}

Assertion Clause::assertion_of(const Place& p) const {
  const auto before = p.from_before, behind = p.from_behind;
  const auto is_known = [](std::optional<Assertion> assertion) {
    return assertion && (*assertion == Assertion::unknown || *assertion == Assertion::elsewhere);
  };
  if (is_known(before)) return *before;
  if (is_known(behind)) return *behind;
  const bool denied_before =
      before && (*before == Assertion::denied || *before == Assertion::not_now);
  const bool denied_behind =
      behind && (*behind == Assertion::denied || *behind == Assertion::not_now);
  if (denied_before && denied_behind) return p.open_before ? *behind : Assertion::unknown;
  if (denied_before && behind && !p.same_segment && !p.by_or) return *behind;
  if (denied_before) return p.open_before ? Assertion::open_list : *before;
  if (denied_behind) return p.open_behind ? Assertion::before_list : *behind;
  if (before && *before == Assertion::possible) return Assertion::possible;
  return behind.value_or(before.value_or(Assertion::affirmed));
}

void Clause::alternatives() {
  std::vector<Place*> run;
  bool by_or = false;
  const auto close = [&] {
    bool differ = false;
    for (const auto* p : run) differ = differ || at(*p).label != at(*run.front()).label;
    for (auto* p : run)
      if (by_or && differ) at(*p).assertion = Assertion::alternative;
    run.clear(), by_or = false;
  };
  for (auto& p : places_) {
    if (at(p).kind != Kind::label) continue;
    const bool stated =
        at(p).assertion == Assertion::affirmed || at(p).assertion == Assertion::possible;
    if (!stated) close();
    if (!stated) continue;
    by_or = by_or || (p.by_or && !run.empty());
    run.push_back(&p);
  }
  close();
}

}  // namespace ecg_lora::metrics
