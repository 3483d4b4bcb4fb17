#include <algorithm>
#include <map>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/evaluation/task_source.h"

namespace ecg_lora::evaluation {
namespace {

const Json* first_of(const Json& object, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const auto found = object.find(name); found != object.end() && !found->is_null())
      return &*found;
  return nullptr;
}

std::string plain(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// Each object of a list, or of lines, with its place.
template <class F>
void for_each_object(const std::filesystem::path& file, F use) {
  const auto text = read_file(file);
  const auto start = text.find_first_not_of(" \t\r\n");
  if (start != std::string::npos && text[start] == '[') {
    std::size_t at = 0;
    for (const auto& object : parse_json(text, file.string()))
      use(object, cat(file.string(), " item ", at++));
    return;
  }
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto line = std::string_view(text).substr(begin, end - begin);
    const auto origin = cat(file.string(), " line ", ++number);
    if (line.find_first_not_of(" \t\r") != std::string_view::npos)
      use(parse_json(line, origin), origin);
    begin = end + 1;
  }
}

}  // namespace

std::vector<score::TaskAnswer> join_answers(const std::vector<TaskQuestion>& questions,
                                            const std::filesystem::path& file,
                                            std::vector<report::Remark>& remarks) {
  std::vector<score::TaskAnswer> answers;
  std::map<std::string, std::vector<std::size_t>> by_id;
  for (const auto& q : questions)
    by_id[q.file_id].push_back(answers.size()), answers.push_back(q.answer);
  std::map<std::size_t, std::string> answered;
  std::int64_t outside = 0;
  const bool sampled = questions.front().answer.sample > 0;
  for_each_object(file, [&](const Json& object, const std::string& where) {
    const auto* id = object.is_object() ? first_of(object, {"question_id", "id", "No"}) : nullptr;
    const auto* text = object.is_object()
                           ? first_of(object, {"text", "response", "answer", "prediction"})
                           : nullptr;
    if (!id || !text || !text->is_string())
      throw_data(where,
                 " lacks id (or question_id) or text (or response, answer, prediction), expected "
                 "an answer to a question of tasks.files; mend the file");
    const auto found = by_id.find(plain(*id));
    if (found == by_id.end() && sampled) {
      ++outside;
      return;
    }
    if (found == by_id.end())
      throw_data(where, " answers ", plain(*id),
                 ", which no question of tasks.files has, expected one of their ids; choose other "
                 "tasks.files or remove the line");
    auto places = found->second;
    if (const auto* task = first_of(object, {"task"}))
      std::erase_if(places, [&](std::size_t p) { return answers[p].task != plain(*task); });
    const bool one_task =
        !places.empty() && std::all_of(places.begin(), places.end(), [&](std::size_t p) {
          return answers[p].task == answers[places[0]].task;
        });
    if (!one_task)
      throw_data(where, ": ", places.empty() ? "no task" : "more than one task", " has a question ",
                 plain(*id),
                 ", expected one; set tasks.files to one file, or name the task in each line");
    const auto free = std::find_if(places.begin(), places.end(),
                                   [&](std::size_t p) { return answered.count(p) == 0; });
    if (free == places.end())
      throw_data(where, " answers question ", plain(*id), " again, as ", answered.at(places.back()),
                 " does, expected one answer each; remove one of them");
    answered.emplace(*free, where);
    answers[*free].answer = text->get<std::string>();
  });
  remarks.push_back({"questions_without_answer",
                     static_cast<std::int64_t>(answers.size() - answered.size()),
                     "questions have no answer in the file; they count as wrong"});
  remarks.push_back({"answers_outside_sample", outside,
                     "answers are to questions outside the sample and left out"});
  if (answered.empty())
    throw_data(file.string(),
               " answers no question of tasks.files, expected one line each; choose another file");
  return answers;
}

}  // namespace ecg_lora::evaluation
