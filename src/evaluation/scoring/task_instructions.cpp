#include "task_instructions.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace ecg_lora::evaluation {
namespace {

/// In lower case. These ask for an answer where a sentence, a line or a part in brackets begins.
constexpr std::array kRequests{
    "please",      "answer",      "choose",       "select", "pick",     "respond",   "reply",
    "return",      "output",      "provide",      "give",   "state",    "write",     "indicate",
    "your answer", "only answer", "only respond", "bitte",  "antworte", "antworten", "wähle",
    "wählen",      "svara",       "välj",         "ange",   "vänligen",
};

/// And these where a sentence or a line begins.
constexpr std::array kBeginnings{
    "mark",    "name",      "list",        "explain",    "think",      "use",           "only",
    "do not",  "don't",     "note:",       "the answer", "one answer", "more than one", "multiple",
    "several", "there may", "there can",   "if ",        "make sure",  "base your",     "just",
    "which",   "what",      "exactly one", "gib",        "geben",      "nenne",         "nennen",
    "nur",     "es kann",   "mehrere",     "mehrfach",   "endast",     "skriv",         "flera",
};

/// These ask wherever they stand, with a capital letter.
constexpr std::array kPhrases{
    "Please ",      "Answer with",         "Answer by",    "Answer only",     "Answer in",
    "Answer using", "Answer the question", "Only answer",  "Only respond",    "Only give",
    "Choose one",   "Choose the",          "Choose all",   "Choose from",     "Select one",
    "Select the",   "Select all",          "Respond with", "Respond only",    "Reply with",
    "Provide only", "Provide the",         "Give only",    "Give the letter", "Your answer",
    "Bitte ",       "Antworte ",           "Wähle ",       "Svara ",          "Välj ",
};

bool begins_with(std::string_view text, std::string_view lower_word) {
  for (std::size_t i = 0; i < lower_word.size(); ++i)
    if (i >= text.size() || std::tolower(static_cast<unsigned char>(text[i])) !=
                                static_cast<unsigned char>(lower_word[i]))
      return false;
  const auto next = lower_word.size();
  return lower_word.back() == ' ' || next >= text.size() ||
         !std::isalnum(static_cast<unsigned char>(text[next]));
}

/// The mark that a word at `i` follows: one that ends a sentence, a line's end or a bracket;
/// otherwise 0.
char mark_before(std::string_view text, std::size_t i) {
  auto before = i;
  while (before > 0 &&
         std::string_view(" \t\r*_\"").find(text[before - 1]) != std::string_view::npos)
    --before;
  if (before == 0) return 0;  // what comes first is the option
  const char mark = text[before - 1];
  const bool ends = before < i && std::string_view(".!?;").find(mark) != std::string_view::npos;
  return ends || std::string_view("\n([").find(mark) != std::string_view::npos ? mark : 0;
}

template <class Words>
bool any_begins(const Words& words, std::string_view text) {
  return std::any_of(words.begin(), words.end(),
                     [&](const char* word) { return begins_with(text, word); });
}

bool instruction_at(std::string_view text, std::size_t i) {
  const auto rest = text.substr(i);
  if (std::isalnum(static_cast<unsigned char>(text[i - 1]))) return false;
  if (std::any_of(kPhrases.begin(), kPhrases.end(),
                  [&](const char* phrase) { return rest.starts_with(phrase); }))
    return true;
  const char mark = mark_before(text, i);
  return mark != 0 && (any_begins(kRequests, rest) ||
                       (mark != '(' && mark != '[' && any_begins(kBeginnings, rest)));
}

}  // namespace

std::string without_instruction(const std::string& text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (!instruction_at(text, i)) continue;
    while (i > 0 && std::string_view(" \t\r\n([*_\"").find(text[i - 1]) != std::string_view::npos)
      --i;
    return text.substr(0, i);
  }
  return text;
}

}  // namespace ecg_lora::evaluation
