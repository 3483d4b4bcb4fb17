#include <algorithm>
#include <map>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/evaluation/scoring/task_source.h"

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

/// Finds the question of each answer.
class Joiner {
 public:
  explicit Joiner(const std::vector<TaskQuestion>& questions)
      : sampled_(questions.front().answer.sample > 0) {
    for (const auto& q : questions)
      by_id_[q.file_id].push_back(answers_.size()), answers_.push_back(q.answer);
  }

  void add(const Json& object, const std::string& where) {
    const auto* id = object.is_object() ? first_of(object, {"question_id", "id", "No"}) : nullptr;
    const auto* text = object.is_object()
                           ? first_of(object, {"text", "response", "answer", "prediction"})
                           : nullptr;
    if (!id || !text || !text->is_string())
      throw_data(where,
                 " lacks id (or question_id) or text (or response, answer, prediction), expected "
                 "an answer to a question of tasks.files; correct the file");
    const auto found = by_id_.find(plain(*id));
    if (found == by_id_.end() && sampled_) {
      ++outside_;
      return;
    }
    if (found == by_id_.end())
      throw_data(where, " answers ", plain(*id),
                 ", which no question of tasks.files has, expected one of their ids; choose other "
                 "tasks.files or remove the line");
    const auto place = free_of(places_of(object, *id, found->second, where), *id, where);
    answered_.emplace(place, where);
    answers_[place].answer = text->get<std::string>();
  }

  std::size_t answered() const { return answered_.size(); }
  std::int64_t outside() const { return outside_; }
  std::vector<metrics::TaskAnswer>& answers() { return answers_; }

 private:
  /// Questions with the id, all of one task.
  std::vector<std::size_t> places_of(const Json& object, const Json& id,
                                     std::vector<std::size_t> places,
                                     const std::string& where) const {
    if (const auto* task = first_of(object, {"task"}))
      std::erase_if(places, [&](std::size_t p) { return answers_[p].task != plain(*task); });
    const bool one_task =
        !places.empty() && std::all_of(places.begin(), places.end(), [&](std::size_t p) {
          return answers_[p].task == answers_[places[0]].task;
        });
    if (!one_task)
      throw_data(where, ": ", places.empty() ? "no task" : "more than one task", " has a question ",
                 plain(id),
                 ", expected one; set tasks.files to one file, or name the task in each line");
    return places;
  }

  /// The first of `places` without an answer.
  std::size_t free_of(const std::vector<std::size_t>& places, const Json& id,
                      const std::string& where) const {
    const auto free = std::find_if(places.begin(), places.end(),
                                   [&](std::size_t p) { return answered_.count(p) == 0; });
    if (free == places.end())
      throw_data(where, " answers question ", plain(id), " again, as ", answered_.at(places.back()),
                 " does, expected one answer each; remove one of them");
    return *free;
  }

  std::vector<metrics::TaskAnswer> answers_;
  std::map<std::string, std::vector<std::size_t>> by_id_;
  std::map<std::size_t, std::string> answered_;
  std::int64_t outside_ = 0;
  bool sampled_;
};

}  // namespace

std::vector<metrics::TaskAnswer> join_answers(const std::vector<TaskQuestion>& questions,
                                              const std::filesystem::path& file,
                                              std::vector<report::Notice>& notices) {
  Joiner joiner(questions);
  for_each_object(file,
                  [&](const Json& object, const std::string& where) { joiner.add(object, where); });
  notices.push_back({"questions_without_answer",
                     static_cast<std::int64_t>(questions.size() - joiner.answered()),
                     "questions have no answer in the file; they count as wrong"});
  notices.push_back({"answers_outside_sample", joiner.outside(),
                     "answers are to questions outside the sample and left out"});
  if (joiner.answered() == 0)
    throw_data(file.string(),
               " answers no question of tasks.files, expected one line each; choose another file");
  return std::move(joiner.answers());
}

}  // namespace ecg_lora::evaluation
