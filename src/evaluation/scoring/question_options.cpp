#include "question_options.h"

#include <string_view>
#include <utility>

#include "task_instructions.h"

namespace ecg_lora::evaluation {
namespace {

using Texts = std::vector<std::string>;

std::string trimmed(std::string text, const char* blanks = " \t\r\n") {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// Where "A.", "A)" or "(A)" of an option begins, and its text; npos where there is none behind
/// `from`.
std::pair<std::size_t, std::size_t> find_letter(const std::string& text, char letter,
                                                std::size_t from) {
  for (auto at = text.find(letter, from); at != std::string::npos; at = text.find(letter, at + 1)) {
    if (text.compare(at, 3, "E.g") == 0) continue;
    const bool opened = at > 0 && text[at - 1] == '(';
    const bool apart = at == 0 || opened ||
                       std::string_view(" \t\n,;:").find(text[at - 1]) != std::string_view::npos;
    if (apart && at + 1 < text.size() &&
        (text[at + 1] == ')' || (!opened && (text[at + 1] == '.' || text[at + 1] == ':'))))
      return {at - opened, at + 2};
  }
  return {std::string::npos, 0};
}

Texts lettered(const std::string& question) {
  Texts options;
  auto [begin, body] = find_letter(question, 'A', 0);
  for (char letter = 'B'; begin != std::string::npos && letter <= 'Z'; ++letter) {
    const auto [next, next_body] = find_letter(question, letter, body);
    auto text = question.substr(body, next == std::string::npos ? next : next - body);
    if (next == std::string::npos) {
      text = trimmed(text);
      text = without_instruction(text.substr(0, text.find('\n')));
    }
    options.push_back(trimmed(text, " \t\r\n,;."));
    begin = next, body = next_body;
  }
  return options.size() > 1 ? options : Texts{};
}

}  // namespace

Texts trimmed_parts(const std::string& list, char mark) {
  Texts parts;
  std::string part;
  for (const char c : list + mark) {
    if (c != mark) {
      part += c;
    } else if (auto text = trimmed(std::exchange(part, "")); !text.empty()) {
      parts.push_back(std::move(text));
    }
  }
  return parts;
}

QuestionOptions options_of(const std::string& question) {
  QuestionOptions options{lettered(question), true};
  if (!options.texts.empty()) return options;
  const std::string mark = "Options:";
  const auto at = question.rfind(mark);
  if (at == std::string::npos) return {};
  const auto list = without_instruction(question.substr(at + mark.size()));
  return {trimmed_parts(trimmed(list, " \t\r\n."), ','), false};
}

}  // namespace ecg_lora::evaluation
