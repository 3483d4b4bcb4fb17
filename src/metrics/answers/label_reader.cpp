// What a text says of labels.
#include <array>

#include "ecg_lora/metrics/answers/answers.h"
#include "elements.h"

namespace ecg_lora::metrics {
namespace {

/// How often each Assertion is said of a label.
using Counts = std::array<int, static_cast<std::size_t>(Assertion::elsewhere) + 1>;

int count(const Counts& counts, std::initializer_list<Assertion> of) {
  int sum = 0;
  for (const auto assertion : of) sum += counts[static_cast<std::size_t>(assertion)];
  return sum;
}

bool unclear(const Counts& c) {
  const int affirmed = count(c, {Assertion::affirmed}), denied = count(c, {Assertion::denied});
  if (affirmed > 0 && denied > 0) return true;
  return affirmed + denied == 0 && count(c, {Assertion::open_list, Assertion::before_list,
                                             Assertion::alternative, Assertion::unknown}) > 0;
}

bool stated_in_report(Assertion assertion) {
  return assertion == Assertion::affirmed || assertion == Assertion::possible ||
         assertion == Assertion::alternative || assertion == Assertion::before_list ||
         assertion == Assertion::asked;
}

/// The part behind the last "in conclusion" or the like; empty where there is none.
std::string_view conclusion(std::string_view text, const std::vector<Token>& tokens) {
  static const PhraseIndex kMarkers = [] {
    PhraseIndex index;
    for (const char* phrase :
         {"in conclusion", "conclusion", "in summary", "to summarize", "therefore", "overall",
          "impression", "zusammenfassend", "zusammenfassung", "fazit", "insgesamt",
          "sammanfattningsvis", "slutsats", "sammantaget"})
      index.add(phrase, 0);
    return index;
  }();
  for (auto i = tokens.size(); i-- > 0;)
    if (const auto match = kMarkers.at(tokens, i); match.words > 0 && match.end < tokens.size())
      return text.substr(tokens[match.end].begin);
  return {};
}

}  // namespace

struct Labeller::Index {
  std::vector<std::string> names;
  Concepts concepts;
};

Labeller::Labeller(const std::vector<LabelPhrases>& labels) {
  auto index = std::make_shared<Index>();
  for (std::size_t l = 0; l < labels.size(); ++l) {
    index->names.push_back(labels[l].label);
    index->concepts.labels.push_back({!labels[l].label.empty(), labels[l].normal});
    for (const auto& phrase : labels[l].phrases) index->concepts.phrases.add(phrase, l);
    for (const auto& phrase : labels[l].alone) index->concepts.alone.add(phrase, l);
  }
  index_ = std::move(index);
}

namespace {

std::vector<Element> read_elements(const std::vector<Token>& tokens, const Concepts& concepts) {
  auto elements = elements_of(tokens, concepts);
  settle_forms(elements, concepts);
  apply_triggers(elements, concepts);
  return elements;
}

}  // namespace

std::set<std::string> Labeller::affirmed(std::string_view text) const {
  std::set<std::string> result;
  for (const auto& element : read_elements(tokens_of(text), index_->concepts)) {
    if (element.kind == Element::Kind::label && stated_in_report(element.assertion))
      result.insert(index_->names[element.label]);
  }
  return result;
}

std::set<std::string> Labeller::mentioned(std::string_view text) const {
  std::set<std::string> result;
  for (const auto& element : elements_of(tokens_of(text), index_->concepts))
    if (element.kind == Element::Kind::label) result.insert(index_->names[element.label]);
  return result;
}

std::optional<std::set<std::string>> Labeller::stated(std::string_view text) const {
  const auto tokens = tokens_of(text);
  std::vector<Counts> counts(index_->names.size(), Counts{});
  for (const auto& element : read_elements(tokens, index_->concepts))
    if (element.kind == Element::Kind::label)
      ++counts[element.label][static_cast<std::size_t>(element.assertion)];
  std::set<std::string> result;
  bool denied = false;
  for (std::size_t l = 0; l < counts.size(); ++l) {
    if (!index_->concepts.labels[l].counts) continue;
    const auto& c = counts[l];
    if (unclear(c)) {
      const auto rest = conclusion(text, tokens);
      return rest.empty() ? std::nullopt : stated(rest);
    }
    const bool no = count(c, {Assertion::denied}) > 0;
    if (count(c, {Assertion::affirmed}) > 0 || (!no && count(c, {Assertion::possible}) > 0))
      result.insert(index_->names[l]);
    denied = denied || no || count(c, {Assertion::not_now}) > 0;
  }
  if (!result.empty() || denied) return result;
  if (names_nothing(tokens) || text.find("[]") != text.npos) return result;
  return std::nullopt;
}

}  // namespace ecg_lora::metrics
