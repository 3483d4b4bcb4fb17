// What a text says of labels.
#include <array>

#include "ecg_lora/metrics/answers/answers.h"
#include "ecg_lora/metrics/answers/items.h"

namespace ecg_lora::metrics {
namespace {

/// How often each Said is said of a label.
using Counts = std::array<int, static_cast<std::size_t>(Said::elsewhere) + 1>;

int count(const Counts& counts, std::initializer_list<Said> of) {
  int sum = 0;
  for (const auto said : of) sum += counts[static_cast<std::size_t>(said)];
  return sum;
}

bool unclear(const Counts& c) {
  const int affirmed = count(c, {Said::affirmed}), denied = count(c, {Said::denied});
  if (affirmed > 0 && denied > 0) return true;
  return affirmed + denied == 0 &&
         count(c, {Said::open_list, Said::before_list, Said::alternative, Said::unknown}) > 0;
}

bool stated_in_report(Said said) {
  return said == Said::affirmed || said == Said::possible || said == Said::alternative ||
         said == Said::before_list || said == Said::asked;
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

std::vector<Item> read_items(const std::vector<Token>& tokens, const Concepts& concepts) {
  auto items = items_of(tokens, concepts);
  settle_forms(items, concepts);
  apply_triggers(items, concepts);
  return items;
}

}  // namespace

std::set<std::string> Labeller::affirmed(std::string_view text) const {
  std::set<std::string> result;
  for (const auto& item : read_items(tokens_of(text), index_->concepts)) {
    if (item.kind == Item::Kind::label && stated_in_report(item.said))
      result.insert(index_->names[item.label]);
  }
  return result;
}

std::set<std::string> Labeller::mentioned(std::string_view text) const {
  std::set<std::string> result;
  for (const auto& item : items_of(tokens_of(text), index_->concepts))
    if (item.kind == Item::Kind::label) result.insert(index_->names[item.label]);
  return result;
}

std::optional<std::set<std::string>> Labeller::stated(std::string_view text) const {
  const auto tokens = tokens_of(text);
  std::vector<Counts> counts(index_->names.size(), Counts{});
  for (const auto& item : read_items(tokens, index_->concepts))
    if (item.kind == Item::Kind::label) ++counts[item.label][static_cast<std::size_t>(item.said)];
  std::set<std::string> result;
  bool denied = false;
  for (std::size_t l = 0; l < counts.size(); ++l) {
    if (!index_->concepts.labels[l].counts) continue;
    const auto& c = counts[l];
    if (unclear(c)) {
      const auto rest = conclusion(text, tokens);
      return rest.empty() ? std::nullopt : stated(rest);
    }
    const bool no = count(c, {Said::denied}) > 0;
    if (count(c, {Said::affirmed}) > 0 || (!no && count(c, {Said::possible}) > 0))
      result.insert(index_->names[l]);
    denied = denied || no || count(c, {Said::not_now}) > 0;
  }
  if (!result.empty() || denied) return result;
  if (names_nothing(tokens) || text.find("[]") != text.npos) return result;
  return std::nullopt;
}

}  // namespace ecg_lora::metrics
