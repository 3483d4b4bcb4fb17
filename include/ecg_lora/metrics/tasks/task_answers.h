// Instruction tasks: questions about recordings, what would be right, and what a model answered.
// One line each in predictions.jsonl.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ecg_lora::metrics {

/// yes_no: yes or no. choice: one of several options. labels: any number of them. text: words
/// without options, as a report.
enum class AnswerKind { yes_no, choice, labels, text };
inline constexpr AnswerKind kAnswerKinds[] = {AnswerKind::yes_no, AnswerKind::choice,
                                              AnswerKind::labels, AnswerKind::text};
/// "yes_no", "choice", "labels", "text".
const char* name_of(AnswerKind kind);
/// Nothing where `name` is none.
std::optional<AnswerKind> answer_kind(const std::string& name);

struct TaskAnswer {
  std::string task;  ///< what it belongs to, "ptb-test"
  std::string id;    ///< unique within the task
  AnswerKind kind = AnswerKind::text;
  std::string type;  ///< of question, within the task: question_type of ECG-QA; empty where the
                     ///< task has none
  std::string question;
  std::vector<std::string>
      options;  ///< in the order of the question; "yes", "no" of yes_no; empty for text
  std::vector<std::string>
      gold;  ///< the options that are right, perhaps none of labels; the reference of text
  std::string reference;              ///< the right answer as its file words it
  std::string record;                 ///< names of the pages, "; " between them
  std::string patient;                ///< empty: unknown, then a record counts as a patient
  std::optional<std::string> answer;  ///< generated words
  std::vector<double> probability;    ///< of each option, where the model was asked for likelihoods
  int sample = 0;                     ///< questions that --limit kept; 0 for all
};

/// One line without its line break; it also holds what was read in the answer ("parsed"; null where
/// nothing was).
std::string to_line(const TaskAnswer& answer);
/// Data error that begins with `origin` for a line that is damaged, has another number of
/// probabilities than options, or a gold that is no option.
TaskAnswer parse_task_line(std::string_view line, const std::string& origin);
/// Data error that names file and line as parse_task_line() does, or for a line that answers a
/// question again.
std::vector<TaskAnswer> read_task_answers(const std::filesystem::path& file);
/// Whether the first line is one of a task.
bool holds_task_answers(const std::filesystem::path& file);

/// Places of the options that the answer affirms, ascending: read by words and with negation,
/// behind the last "Answer:" where there is one. Without words the likeliest option (of labels
/// those of at least 0.5). Nothing where it cannot be read, as for any text.
std::optional<std::vector<std::size_t>> parse_answer(const TaskAnswer& answer);

/// Places of `gold` among `options`.
std::vector<std::size_t> gold_places(const TaskAnswer& answer);

}  // namespace ecg_lora::metrics
