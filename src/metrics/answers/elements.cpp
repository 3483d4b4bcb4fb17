#include "elements.h"

#include <algorithm>
#include <utility>

namespace ecg_lora::metrics {
namespace {

using Kind = Element::Kind;
using Mark = Token::Kind;

struct Trigger {
  Role role;
  Assertion assertion;
};

struct Triggers {
  std::vector<Trigger> rules;
  PhraseIndex phrases;
};

/// The phrases of a role, or of all others.
Triggers load(bool (*wanted)(Role)) {
  Triggers result;
  for (const auto lines : {english_triggers(), german_triggers(), swedish_triggers()}) {
    for (const auto& line : lines) {
      if (!wanted(line.role)) continue;
      std::string_view rest = line.phrases;
      while (!rest.empty()) {
        const auto end = std::min(rest.find(';'), rest.size());
        result.phrases.add(rest.substr(0, end), result.rules.size());
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
      result.rules.push_back({line.role, line.assertion});
    }
  }
  return result;
}

const Triggers& triggers() {
  static const Triggers kAll = load([](Role role) { return role != Role::nothing; });
  return kAll;
}

bool all_digits(const std::string& word) {
  return word == "%" ||
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool plural(const std::string& word) {
  static const std::vector<std::string> kVerbs{"are",    "were",   "do",      "have",   "sind",
                                               "wurden", "können", "treffen", "liegen", "fehlen"};
  return std::find(kVerbs.begin(), kVerbs.end(), word) != kVerbs.end();
}

Element trigger_element(const PhraseIndex::Match& match) {
  const auto& rule = triggers().rules[match.id];
  Element element;
  element.kind = rule.role == Role::filler ? Kind::filler : Kind::trigger;
  element.role = rule.role, element.assertion = rule.assertion;
  element.reaches = match.words > 1 && rule.assertion == Assertion::denied;
  return element;
}

/// A part of a sentence whose only telling word is a phrase of `alone`.
struct Part {
  std::size_t at = 0, phrases = 0, others = 0;
  std::size_t label = 0;
};

void close_part(std::vector<Element>& elements, Part& part) {
  if (part.phrases == 1 && part.others == 0)
    elements[part.at].kind = Kind::label, elements[part.at].label = part.label;
  part = {};
}

/// "myocardial infarction (MI)": one mention.
bool names_again(const std::vector<Element>& elements) {
  const auto n = elements.size();
  return n >= 4 && elements[n - 1].is(Mark::close) && elements[n - 2].kind == Kind::label &&
         elements[n - 3].is(Mark::open) && elements[n - 4].kind == Kind::label &&
         elements[n - 4].label == elements[n - 2].label;
}

/// "not" and a trigger that belongs to it, with few words between: "is not clearly seen" is
/// "absent", "not without" is "possible".
void join_negations(std::vector<Element>& elements) {
  constexpr std::size_t words_between = 4;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (!elements[i].is(Role::negation) || !elements[i].denies()) continue;
    auto j = i + 1;
    while (j < elements.size() && j <= i + words_between &&
           (elements[j].kind == Kind::word || elements[j].kind == Kind::filler))
      ++j;
    if (j >= elements.size() || elements[j].kind != Kind::trigger) continue;
    auto& next = elements[j];
    const bool behind = next.role == Role::after || next.role == Role::predicate;
    if (behind &&
        (next.assertion == Assertion::affirmed || next.assertion == Assertion::possible)) {
      next.assertion = elements[i].assertion, next.role = Role::predicate, next.reaches = true;
    } else if (next.denies() && (next.role == Role::before || next.role == Role::predicate)) {
      next.assertion = Assertion::possible;
    } else {
      continue;
    }
    elements[i] = std::exchange(next, Element{});
    elements[j].kind = Kind::filler;
  }
}

/// Goes through the tokens of a text and makes an element of each mark, phrase and other word.
class Scanner {
 public:
  Scanner(const std::vector<Token>& tokens, const Concepts& concepts)
      : tokens_(tokens), concepts_(concepts) {}

  std::vector<Element> run() {
    while (at_ < tokens_.size()) {
      if (tokens_[at_].kind == Mark::word)
        take_words();
      else
        take_mark();
    }
    close_part(elements_, part_);
    return std::move(elements_);
  }

 private:
  void take_mark() {
    Element element;
    element.kind = Kind::mark, element.mark = tokens_[at_++].kind;
    close_part(elements_, part_);
    elements_.push_back(element);
    if (names_again(elements_)) elements_.resize(elements_.size() - 3);
  }

  void take_words() {
    const auto& first = tokens_[at_].text;
    const auto label = concepts_.phrases.at(tokens_, at_), trigger = trigger_at(tokens_, at_);
    Element element;
    if (label.words > 0 && label.words >= trigger.words) {
      element.kind = Kind::label, element.label = label.id, at_ = label.end;
      ++part_.others;
    } else if (trigger.words > 0) {
      element = trigger_element(trigger), at_ = trigger.end;
      if (element.is(Role::end)) close_part(elements_, part_);
    } else {
      take_other_words();
    }
    element.number = all_digits(first), element.plural = plural(first);
    elements_.push_back(element);
  }

  /// A phrase that may be all that its part of the sentence says, or a word that is no phrase.
  void take_other_words() {
    const auto alone = concepts_.alone.at(tokens_, at_);
    if (alone.words > 0)
      part_.at = elements_.size(), part_.label = alone.id, ++part_.phrases;
    else
      ++part_.others;
    at_ = alone.words > 0 ? alone.end : at_ + 1;
  }

  const std::vector<Token>& tokens_;
  const Concepts& concepts_;
  std::vector<Element> elements_;
  Part part_;
  std::size_t at_ = 0;
};

}  // namespace

PhraseIndex::Match trigger_at(const std::vector<Token>& tokens, std::size_t i) {
  return triggers().phrases.at(tokens, i);
}

bool names_nothing(const std::vector<Token>& tokens) {
  static const Triggers kNothing = load([](Role role) { return role == Role::nothing; });
  const auto telling = [&](std::size_t i) {
    const auto match = trigger_at(tokens, i);
    return match.words == 0 || (triggers().rules[match.id].role != Role::filler &&
                                triggers().rules[match.id].role != Role::after);
  };
  bool alone = true;  // nothing else is said since the last mark
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind != Mark::word) {
      alone = true;
    } else if (const auto match = kNothing.phrases.at(tokens, i); match.words > 1) {
      return true;
    } else if (match.words == 1 && alone) {
      auto next = match.end;
      while (next < tokens.size() && tokens[next].kind == Mark::word && !telling(next))
        next = trigger_at(tokens, next).end;
      if (next == tokens.size() || tokens[next].kind != Mark::word) return true;
      alone = false;
    } else {
      alone = alone && !telling(i);
    }
  }
  return false;
}

std::vector<Element> elements_of(const std::vector<Token>& tokens, const Concepts& concepts) {
  auto elements = Scanner(tokens, concepts).run();
  join_negations(elements);
  return elements;
}

}  // namespace ecg_lora::metrics
