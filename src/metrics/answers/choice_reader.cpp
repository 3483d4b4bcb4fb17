// Yes or no, or one of several options.
#include <utility>

#include "ecg_lora/metrics/answers/answers.h"
#include "elements.h"

namespace ecg_lora::metrics {
namespace {

using Mark = Token::Kind;

std::optional<std::size_t> place_of_letter(const Token& token, std::size_t options) {
  if (token.kind != Mark::word || token.text.size() != 1 || token.text[0] < 'a')
    return std::nullopt;
  const auto place = static_cast<std::size_t>(token.text[0] - 'a');
  return place < options ? std::optional(place) : std::nullopt;
}

/// The options with what may stand for them.
Labeller labeller_of(const std::vector<std::string>& options) {
  std::vector<LabelPhrases> labels;
  for (std::size_t o = 0; o < options.size(); ++o) {
    labels.push_back({std::to_string(o), {options[o]}});
    if (o < 26) {
      const std::string letter(1, static_cast<char>('a' + o));
      for (const char* before :
           {"option ", "choice ", "answer ", "alternative ", "antwort ", "svar ", "alternativ "})
        labels.back().phrases.push_back(before + letter);
      for (const char* before : {"choose ", "pick ", "select ", "go with ", "answer is ",
                                 "option is ", "diagnosis is ", "say "})
        if (o > 0) labels.back().phrases.push_back(before + letter);  // "choose a normal ECG"
    }
    if (const auto words = words_of(options[o]); words.size() == 2 && words[0].text == "normal")
      labels.back().normal = true, labels.back().alone = {"normal"};
  }
  return Labeller(labels);
}

std::optional<std::size_t> single(const std::optional<std::set<std::string>>& stated) {
  if (!stated || stated->size() != 1) return std::nullopt;
  return static_cast<std::size_t>(std::stoul(*stated->begin()));
}

/// A text whose first word may be the letter of an option.
struct LetterText {
  std::string_view text;
  const std::vector<Token>& tokens;
  const std::vector<std::string>& options;
  const Labeller& labeller;

  bool word(std::size_t k) const { return k < tokens.size() && tokens[k].kind == Mark::word; }
  std::size_t begin(std::size_t k) const {
    return k < tokens.size() ? tokens[k].begin : text.size();
  }
  /// The one option that the tokens from `first` up to `end` state.
  std::optional<std::size_t> stated(std::size_t first, std::size_t end) const {
    return single(labeller.stated(text.substr(begin(first), begin(end) - begin(first))));
  }
};

/// What a leading letter chooses. Outer nothing: no letter leads, or it is the article of "A normal
/// ECG"; inner nothing: it leads and chooses nothing, as in "B, C", or "D. RBBB" if D is another.
using Leading = std::optional<std::optional<std::size_t>>;

/// The letter `place` with a word right behind it, at `next`: "D is right", "D because …".
Leading letter_in_sentence(const LetterText& t, std::size_t place, std::size_t next) {
  const bool claims =
      is_any_of(t.tokens[next].text, {"is", "because", "since", "ist", "weil", "är", "eftersom"});
  const bool denies = t.word(next + 1) &&
                      is_any_of(t.tokens[next + 1].text,
                                {"not", "wrong", "incorrect", "nicht", "falsch", "inte", "fel"});
  if (claims) return denies ? std::nullopt : Leading(place);
  if (place == 0 || t.stated(next, t.tokens.size()) != place) return std::nullopt;
  return Leading(place);
}

/// The letter `place` with a mark behind it, at `next`: "D", "(D)", "D. Atrial flutter".
Leading letter_apart(const LetterText& t, std::size_t place, std::size_t next) {
  while (next < t.tokens.size() && !t.word(next)) ++next;
  if (next == t.tokens.size()) return Leading(place);
  const auto other = place_of_letter(t.tokens[next], t.options.size());
  if (other && other != place && !t.word(next + 1)) return std::optional<std::size_t>();
  auto end = next;
  while (t.word(end)) ++end;
  const auto named = t.stated(next, end);
  const bool whole = named && words_of(t.options[*named]).size() == end - next;
  return whole && named != place ? std::optional<std::size_t>() : Leading(place);
}

Leading leading_letter(const LetterText& t) {
  std::size_t i = 0;
  while (i < t.tokens.size() && !t.word(i)) ++i;
  if (i == t.tokens.size()) return std::nullopt;
  const auto place = place_of_letter(t.tokens[i], t.options.size());
  if (!place) return std::nullopt;
  return t.word(i + 1) ? letter_in_sentence(t, *place, i + 1) : letter_apart(t, *place, i + 1);
}

}  // namespace

std::optional<bool> parse_yes_no(std::string_view text) {
  const auto tokens = tokens_of(text);
  std::optional<bool> found;
  bool first = true;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind != Mark::word) continue;
    if (const auto trigger = trigger_at(tokens, i);
        trigger.words > 1) {  // "no doubt", "no evidence of"
      i = trigger.end - 1;
      first = false;
      continue;
    }
    const auto& word = tokens[i].text;
    const bool yes = is_any_of(word, {"yes", "ja", "true"}),
               no = is_any_of(word, {"no", "nein", "nej", "false"});
    if (std::exchange(first, false) && (yes || no)) {
      const bool either =
          i + 1 < tokens.size() && is_any_of(tokens[i + 1].text, {"or", "oder", "eller"});
      return either ? std::nullopt : std::optional(yes);
    }
    if (!yes && !no) continue;
    if (found && *found != yes) return std::nullopt;
    found = yes;
  }
  return found;
}

std::optional<std::size_t> parse_choice(std::string_view text,
                                        const std::vector<std::string>& options) {
  const auto part = final_part(text);
  const auto tokens = tokens_of(part);
  const auto labeller = labeller_of(options);
  if (const auto leading = leading_letter({part, tokens, options, labeller})) return *leading;
  return single(labeller.stated(part));
}

}  // namespace ecg_lora::metrics
