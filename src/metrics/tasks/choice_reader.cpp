// Yes or no, one of several options, and where in a text the answer stands.
#include <algorithm>
#include <utility>

#include "ecg_lora/metrics/answers/answers.h"
#include "ecg_lora/metrics/answers/items.h"
#include "ecg_lora/metrics/tasks/task_answers.h"

namespace ecg_lora::metrics {
namespace {

using Mark = Token::Kind;

bool among(const std::string& word, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(), [&](const char* w) { return word == w; });
}

/// The contents of \boxed{…}; of several on the last line from the first to the last.
std::optional<std::string_view> boxed(std::string_view text) {
  constexpr std::string_view mark = "\\boxed{";
  const auto last = text.rfind(mark);
  if (last == text.npos) return std::nullopt;
  const auto line = text.rfind('\n', last);
  const auto begin = text.find(mark, line == text.npos ? 0 : line) + mark.size();
  int depth = 1;
  auto end = last + mark.size();
  for (; end < text.size(); ++end) {
    depth += text[end] == '{' ? 1 : text[end] == '}' ? -1 : 0;
    if (depth == 0) break;
  }
  return text.substr(begin, end - begin);
}

/// The token behind "Answer:", "the answer is", "Final answer" on a line of its own; nothing where
/// `i` begins none of them.
std::optional<std::size_t> behind_marker(const std::vector<Token>& tokens, std::size_t i) {
  const auto& word = tokens[i].text;
  const bool answer = among(word, {"answer", "antwort", "svar", "svaret", "letter"});
  if (tokens[i].kind != Mark::word ||
      !(answer || among(word, {"option", "choice", "alternativet"})))
    return std::nullopt;
  const auto kind = [&](std::size_t k) {
    return k < tokens.size() ? tokens[k].kind : Mark::newline;
  };
  if (answer && kind(i + 1) == Mark::colon) return i + 2;
  if (answer && kind(i + 1) == Mark::newline && i + 1 < tokens.size() && i > 0 &&
      tokens[i - 1].text == "final")
    return i + 2;
  if (kind(i + 1) == Mark::word && among(tokens[i + 1].text, {"is", "ist", "är", "lautet"}))
    return kind(i + 2) == Mark::colon ? i + 3 : i + 2;
  return std::nullopt;
}

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

/// What a letter at the beginning chooses: "D", "(D)", "D. Atrial flutter", "D is right". Outer
/// nothing: no letter leads, or it is the article of "A normal ECG"; inner nothing: it leads and
/// chooses nothing, as in "B, C", or "D. RBBB" if D is another.
std::optional<std::optional<std::size_t>> leading_letter(std::string_view text,
                                                         const std::vector<Token>& tokens,
                                                         const std::vector<std::string>& options,
                                                         const Labeller& labeller) {
  const auto word = [&](std::size_t k) {
    return k < tokens.size() && tokens[k].kind == Mark::word;
  };
  std::size_t i = 0;
  while (i < tokens.size() && !word(i)) ++i;
  if (i == tokens.size()) return std::nullopt;
  const auto place = place_of_letter(tokens[i], options.size());
  if (!place) return std::nullopt;
  if (word(i + 1)) {
    const bool claims =
        among(tokens[i + 1].text, {"is", "because", "since", "ist", "weil", "är", "eftersom"});
    const bool denies =
        word(i + 2) &&
        among(tokens[i + 2].text, {"not", "wrong", "incorrect", "nicht", "falsch", "inte", "fel"});
    if (claims) return denies ? std::nullopt : std::optional(place);
    const auto named = single(labeller.stated(text.substr(tokens[i + 1].begin)));
    if (*place == 0 || named != place) return std::nullopt;
    return place;
  }
  auto next = i + 1;
  while (next < tokens.size() && !word(next)) ++next;
  if (next == tokens.size()) return place;
  const bool ends = !word(next + 1);
  if (const auto other = place_of_letter(tokens[next], options.size());
      other && other != place && ends)
    return std::optional<std::size_t>();
  auto end = next;
  while (word(end)) ++end;
  const auto size = (end < tokens.size() ? tokens[end].begin : text.size()) - tokens[next].begin;
  const auto named = single(labeller.stated(text.substr(tokens[next].begin, size)));
  const bool whole = named && words_of(options[*named]).size() == end - next;
  return whole && named != place ? std::optional<std::size_t>() : place;
}

}  // namespace

std::string_view final_part(std::string_view text) {
  constexpr std::string_view thought = "</think>", open = "<answer>", close = "</answer>";
  if (const auto at = text.rfind(thought); at != text.npos) text.remove_prefix(at + thought.size());
  if (const auto at = text.rfind(open); at != text.npos) {
    text.remove_prefix(at + open.size());
    text = text.substr(0, text.find(close));
  }
  if (const auto box = boxed(text)) return *box;
  const auto tokens = tokens_of(text);
  for (auto i = tokens.size(); i-- > 0;)
    if (const auto behind = behind_marker(tokens, i))
      return *behind < tokens.size() ? text.substr(tokens[*behind].begin) : std::string_view();
  return text;
}

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
    const bool yes = among(word, {"yes", "ja", "true"}),
               no = among(word, {"no", "nein", "nej", "false"});
    if (std::exchange(first, false) && (yes || no)) {
      const bool either =
          i + 1 < tokens.size() && among(tokens[i + 1].text, {"or", "oder", "eller"});
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
  if (const auto leading = leading_letter(part, tokens, options, labeller)) return *leading;
  return single(labeller.stated(part));
}

}  // namespace ecg_lora::metrics
