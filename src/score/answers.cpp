#include "ecg_lora/score/answers.h"

#include <algorithm>
#include <map>

namespace ecg_lora::score {
namespace {

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80; }
bool digit(char c) { return c >= '0' && c <= '9'; }

/// ASCII and U+00C0 to U+00DE.
std::string lower(std::string word) {
  for (std::size_t i = 0; i < word.size(); ++i) {
    auto& c = word[i];
    const bool latin = i > 0 && word[i - 1] == '\xc3' && static_cast<unsigned char>(c) >= 0x80 && static_cast<unsigned char>(c) <= 0x9e;
    if ((c >= 'A' && c <= 'Z') || latin) c = static_cast<char>(c + 0x20);
  }
  return word;
}

bool one_of(const std::string& word, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(), [&](const char* w) { return word == w; });
}

bool starts_negation(const std::string& w) {
  return one_of(w, {"no", "not", "without", "denies", "never", "nor", "neither", "negative", "excludes", "kein", "keine", "keinen", "keiner", "keinerlei", "ohne", "nicht"});
}
bool ends_negation(const std::string& w) { return one_of(w, {"but", "however", "although", "though", "except", "with", "yet", "aber", "jedoch", "mit", "otherwise", "sonst"}); }
/// Negates the phrase before it: "is absent", "was excluded", "ruled out".
bool negates_backwards(const std::string& w) { return one_of(w, {"absent", "excluded", "unlikely", "ausgeschlossen"}); }

std::vector<std::string> plain_words(std::string_view text) {
  std::vector<std::string> result;
  for (auto& word : words_of(text)) result.push_back(std::move(word.text));
  return result;
}

bool matches_at(const std::vector<Word>& words, std::size_t at, const std::vector<std::string>& phrase) {
  if (at + phrase.size() > words.size()) return false;
  for (std::size_t k = 0; k < phrase.size(); ++k)
    if (words[at + k].text != phrase[k] || words[at + k].sentence != words[at].sentence) return false;
  return true;
}

bool negated_before(const std::vector<Word>& words, std::size_t at) {
  for (auto i = at; i-- > 0 && words[i].sentence == words[at].sentence;) {
    if (ends_negation(words[i].text)) return false;
    if (starts_negation(words[i].text)) return true;
  }
  return false;
}

/// Within three words behind the phrase: "is absent", "was ruled out", "is not seen", "not present".
bool negated_behind(const std::vector<Word>& words, std::size_t end) {
  for (auto i = end; i < words.size() && i < end + 3 && words[i].sentence == words[end - 1].sentence; ++i) {
    const auto& next = i + 1 < words.size() ? words[i + 1].text : std::string();
    if (negates_backwards(words[i].text) || (words[i].text == "ruled" && next == "out")) return true;
    if (one_of(words[i].text, {"not", "nicht"}) && one_of(next, {"seen", "present", "evident", "found", "identified", "noted", "visible", "nachweisbar", "vorhanden", "sichtbar"})) return true;
    if (!one_of(words[i].text, {"is", "are", "was", "were", "can", "be", "ist", "sind", "has", "been"})) return false;
  }
  return false;
}

}  // namespace

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  std::string word;
  int sentence = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ' ';
    if (letter(c)) {
      word += c;
      continue;
    }
    if (!word.empty()) words.push_back({lower(std::move(word)), sentence});
    word.clear();
    const bool between_digits = c == '.' && i > 0 && i + 1 < text.size() && digit(text[i - 1]) && digit(text[i + 1]);
    if ((c == '.' || c == ';' || c == '!' || c == '?' || c == '\n') && !between_digits) ++sentence;
  }
  return words;
}

std::optional<bool> parse_yes_no(std::string_view text) {
  const auto words = plain_words(text);
  const auto said = [](const std::string& w) -> std::optional<bool> {
    if (one_of(w, {"yes", "ja", "true"})) return true;
    if (one_of(w, {"no", "nein", "false"})) return false;
    return std::nullopt;
  };
  if (words.empty()) return std::nullopt;
  if (const auto first = said(words.front())) return first;
  std::optional<bool> found;
  for (const auto& word : words) {
    const auto value = said(word);
    if (value && found && *found != *value) return std::nullopt;
    if (value) found = value;
  }
  return found;
}

Labeller::Labeller(const std::vector<LabelPhrases>& labels) {
  for (std::size_t l = 0; l < labels.size(); ++l) {
    labels_.push_back(labels[l].label);
    for (const auto& phrase : labels[l].phrases)
      if (auto words = plain_words(phrase); !words.empty()) phrases_.push_back({l, std::move(words)});
  }
  std::stable_sort(phrases_.begin(), phrases_.end(), [](const Phrase& a, const Phrase& b) { return a.words.size() > b.words.size(); });
}

std::set<std::string> Labeller::find(std::string_view text, bool negated) const {
  const auto words = words_of(text);
  std::set<std::string> result;
  for (std::size_t i = 0; i < words.size();) {
    const auto phrase = std::find_if(phrases_.begin(), phrases_.end(), [&](const Phrase& p) { return matches_at(words, i, p.words); });
    if (phrase == phrases_.end()) {
      ++i;
      continue;
    }
    const auto end = i + phrase->words.size();
    if (negated || (!negated_before(words, i) && !negated_behind(words, end))) result.insert(labels_[phrase->label]);
    i = end;
  }
  return result;
}

std::optional<std::size_t> parse_choice(std::string_view text, const std::vector<std::string>& options) {
  const auto words = words_of(text);
  const auto place = [&](const std::string& w) -> std::optional<std::size_t> {
    if (w.size() != 1 || w[0] < 'a' || static_cast<std::size_t>(w[0] - 'a') >= options.size()) return std::nullopt;
    return static_cast<std::size_t>(w[0] - 'a');
  };
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {  // "Answer: D", "the answer is D", "option D"
    if (!one_of(words[i].text, {"answer", "option", "choice"})) continue;
    const auto at = one_of(words[i + 1].text, {"is", "option"}) ? i + 2 : i + 1;
    if (at < words.size())
      if (const auto chosen = place(words[at].text)) return chosen;
  }
  // A letter that stands alone or leads: "D", "(D)", "D. Atrial flutter", but not the article of "A normal ECG".
  if (!words.empty() && place(words[0].text)) {
    const auto after = text.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") + 1;
    if (words.size() == 1 || (after < text.size() && std::string_view(".):,\n").find(text[after]) != std::string_view::npos)) return place(words[0].text);
  }
  std::vector<LabelPhrases> phrases;
  for (std::size_t o = 0; o < options.size(); ++o) phrases.push_back({std::to_string(o), {options[o]}});
  const auto found = Labeller(phrases).affirmed(text);
  if (found.size() != 1) return std::nullopt;
  return static_cast<std::size_t>(std::stoul(*found.begin()));
}

ClinicalScores clinical_efficacy(const std::vector<TextPair>& pairs, const Labeller& labeller) {
  struct Counts {
    double hits = 0, predicted = 0, stated = 0;
  };
  std::map<std::string, Counts> of_label;
  Counts all;
  ClinicalScores scores;
  scores.pairs = static_cast<std::int64_t>(pairs.size());
  for (const auto& pair : pairs) {
    const auto predicted = labeller.affirmed(pair.prediction), stated = labeller.affirmed(pair.reference);
    scores.unlabelled_references += stated.empty();
    for (const auto& label : predicted) ++of_label[label].predicted, ++all.predicted, of_label[label].hits += static_cast<double>(stated.count(label)), all.hits += static_cast<double>(stated.count(label));
    for (const auto& label : stated) ++of_label[label].stated, ++all.stated;
  }
  const auto f1 = [](const Counts& c) { return c.predicted + c.stated > 0 ? 2 * c.hits / (c.predicted + c.stated) : 0.0; };
  scores.micro_precision = all.predicted > 0 ? all.hits / all.predicted : 0;
  scores.micro_recall = all.stated > 0 ? all.hits / all.stated : 0;
  scores.micro_f1 = f1(all);
  for (const auto& [label, counts] : of_label)
    if (counts.stated > 0) scores.labels.push_back(label), scores.macro_f1 += f1(counts);
  if (!scores.labels.empty()) scores.macro_f1 /= static_cast<double>(scores.labels.size());
  return scores;
}

}  // namespace ecg_lora::score
