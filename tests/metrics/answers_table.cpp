#include "answers_table.h"

#include <fstream>
#include <sstream>

#include "ecg_lora/metrics/answers/answers.h"
#include "ecg_lora/metrics/tasks/task_answers.h"

namespace ecg_lora::metrics {
namespace {

std::vector<std::string> split(const std::string& text, char mark) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, mark);) parts.push_back(part);
  return parts;
}

/// \n of a table as a line's end; another backslash stays.
std::string unescaped(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool line = text.compare(i, 2, "\\n") == 0;
    result += line ? '\n' : text[i];
    i += line;
  }
  return result;
}

template <class Names>
std::string joined_names(const Names& names) {
  std::string result;
  for (const auto& name : names) result += (result.empty() ? "" : ", ") + name;
  return result;
}

}  // namespace

std::vector<KnownAnswer> read_known_answers(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<KnownAnswer> answers;
  std::string line;
  std::getline(in, line);
  for (int number = 2; std::getline(in, line); ++number) {
    auto columns = split(line, '\t');
    columns.resize(5);
    answers.push_back({columns[0], columns[1], columns[3], unescaped(columns[4]),
                       split(columns[2], '|'), number});
  }
  return answers;
}

std::string reading_of(const KnownAnswer& known) {
  if (known.kind == "report") return joined_names(ecg_labeller().affirmed(known.answer));
  TaskAnswer question;
  question.kind = *answer_kind(known.kind), question.options = known.options,
  question.answer = known.answer;
  const auto places = parse_answer(question);
  if (!places) return "unparsed";
  std::vector<std::string> names;
  for (const auto place : *places) names.push_back(known.options[place]);
  return joined_names(names);
}

}  // namespace ecg_lora::metrics
