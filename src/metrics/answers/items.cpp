#include "ecg_lora/metrics/answers/items.h"

#include <algorithm>
#include <utility>

namespace ecg_lora::metrics {
namespace {

using Kind = Item::Kind;
using Mark = Token::Kind;

struct Trigger {
  Role role;
  Said said;
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
      result.rules.push_back({line.role, line.said});
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

Item trigger_item(const PhraseIndex::Match& match) {
  const auto& rule = triggers().rules[match.id];
  Item item;
  item.kind = rule.role == Role::filler ? Kind::filler : Kind::trigger;
  item.role = rule.role, item.said = rule.said;
  item.reaches = match.words > 1 && rule.said == Said::denied;
  return item;
}

/// A part of a sentence whose only telling word is a phrase of `alone`.
struct Part {
  std::size_t at = 0, phrases = 0, others = 0;
  std::size_t label = 0;
};

void close_part(std::vector<Item>& items, Part& part) {
  if (part.phrases == 1 && part.others == 0)
    items[part.at].kind = Kind::label, items[part.at].label = part.label;
  part = {};
}

/// "myocardial infarction (MI)": one mention.
bool names_again(const std::vector<Item>& items) {
  const auto n = items.size();
  return n >= 4 && items[n - 1].is(Mark::close) && items[n - 2].kind == Kind::label &&
         items[n - 3].is(Mark::open) && items[n - 4].kind == Kind::label &&
         items[n - 4].label == items[n - 2].label;
}

/// "not" and a trigger that belongs to it, with few words between: "is not clearly seen" is
/// "absent", "not without" is "possible".
void join_negations(std::vector<Item>& items) {
  constexpr std::size_t words_between = 4;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!items[i].is(Role::negation) || !items[i].denies()) continue;
    auto j = i + 1;
    while (j < items.size() && j <= i + words_between &&
           (items[j].kind == Kind::word || items[j].kind == Kind::filler))
      ++j;
    if (j >= items.size() || items[j].kind != Kind::trigger) continue;
    auto& next = items[j];
    const bool behind = next.role == Role::after || next.role == Role::predicate;
    if (behind && (next.said == Said::affirmed || next.said == Said::possible)) {
      next.said = items[i].said, next.role = Role::predicate, next.reaches = true;
    } else if (next.denies() && (next.role == Role::before || next.role == Role::predicate)) {
      next.said = Said::possible;
    } else {
      continue;
    }
    items[i] = std::exchange(next, Item{});
    items[j].kind = Kind::filler;
  }
}

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

std::vector<Item> items_of(const std::vector<Token>& tokens, const Concepts& concepts) {
  std::vector<Item> items;
  Part part;
  for (std::size_t i = 0; i < tokens.size();) {
    Item item;
    if (tokens[i].kind != Mark::word) {
      item.kind = Kind::mark, item.mark = tokens[i++].kind;
      close_part(items, part);
      items.push_back(item);
      if (names_again(items)) items.resize(items.size() - 3);
      continue;
    }
    const auto label = concepts.phrases.at(tokens, i), alone = concepts.alone.at(tokens, i);
    const auto trigger = trigger_at(tokens, i);
    item.number = all_digits(tokens[i].text), item.plural = plural(tokens[i].text);
    if (label.words > 0 && label.words >= trigger.words) {
      item.kind = Kind::label, item.label = label.id, i = label.end;
      ++part.others;
    } else if (trigger.words > 0) {
      item = trigger_item(trigger);
      item.number = all_digits(tokens[i].text), item.plural = plural(tokens[i].text);
      i = trigger.end;
      if (item.is(Role::end)) close_part(items, part);
    } else {
      if (alone.words > 0)
        part.at = items.size(), part.label = alone.id, ++part.phrases;
      else
        ++part.others;
      i = alone.words > 0 ? alone.end : i + 1;
    }
    items.push_back(item);
  }
  close_part(items, part);
  join_negations(items);
  return items;
}

}  // namespace ecg_lora::metrics
