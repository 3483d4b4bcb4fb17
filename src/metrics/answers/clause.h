// A part of a sentence between terminations, and what its triggers say of its labels.
#pragma once

#include <optional>

#include "elements.h"

namespace ecg_lora::metrics {

class Clause {
 public:
  Clause(std::vector<Element>& elements, const Concepts& concepts)
      : elements_(elements), concepts_(concepts) {}

  /// A label or a trigger in its order. `segment`: between which commas; of a label, whether "and"
  /// or "or" stands between it and the label before.
  void add(std::size_t element, int segment, bool joined, bool by_or) {
    places_.push_back({element, segment, joined, by_or});
  }
  void clear() { places_.clear(); }
  bool has_label() const;
  /// What a clause without a label denies: "…, but it is ruled out".
  std::optional<Assertion> denial() const;
  /// Sets what is said of each label.
  void read();

 private:
  struct Place {
    std::size_t element;
    int segment;         ///< between commas
    bool joined, by_or;  ///< of a label: "and" or "or" stands between it and the label before
    bool ahead = false, behind = false;  ///< of a trigger: a label follows or precedes in its
                                         ///< segment, before the next trigger
    bool closed = false;  ///< of a label: a conjunction joins it or one that follows, so that a
                          ///< list ends there
    std::optional<Assertion> from_before = {}, from_behind = {};
    bool same_segment = false, open_before = false, open_behind = false;
  };

  Element& at(const Place& p) { return elements_[p.element]; }
  const Element& at(const Place& p) const { return elements_[p.element]; }
  void find_neighbours();
  /// Belongs to a denial before it: "does not show".
  bool weak(const Place& p) const {
    return at(p).role == Role::before &&
           (at(p).assertion == Assertion::affirmed || at(p).assertion == Assertion::possible);
  }
  /// "MI has been …": a weak one without a label to reach.
  bool idle(const Place& p) const { return weak(p) && !p.ahead; }
  bool reaches_forward(const Place& p) const;
  void forward();
  void cover(Place& p, const Place& trigger, bool label_seen, bool reaches, bool alone);
  void backward();
  /// The label nearest to a trigger behind it, and those listed with it. A report without marks has
  /// one finding after the other: "sinusrhythmus linkstyp infarkt nicht nachweisbar".
  std::vector<Place*> listed(const std::vector<Place*>& pending, const Place& trigger) const;
  void cover_behind(Place& label, const Place& trigger, const Place& nearest);
  Assertion assertion_of(const Place& p) const;
  /// Several labels that are stated with an "or" between them.
  void alternatives();

  std::vector<Element>& elements_;
  const Concepts& concepts_;
  std::vector<Place> places_;
};

}  // namespace ecg_lora::metrics
