// Instruction tasks: questions about recordings, what would be right, and what a model answered.
// One line each in predictions.jsonl (docs/formats/predictions.md).
#pragma once

#include <cstddef>
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
/// Empty if no kind has this name.
std::optional<AnswerKind> answer_kind(const std::string& name);

/// A question of a task, with its right answer and the model's.
struct TaskAnswer {
  std::string task;  ///< name of the task, "ptb-test"
  std::string id;    ///< unique within the task
  AnswerKind kind = AnswerKind::text;
  std::string type;  ///< of question, within the task: question_type of ECG-QA; empty if the task
                     ///< has none
  std::string question;
  /// In the order of the question; "yes", "no" of yes_no; empty for text.
  std::vector<std::string> options;
  /// The options that are right, perhaps none of labels; the one reference text of text.
  std::vector<std::string> gold;
  std::string reference;              ///< the right answer as its file words it
  std::string record;                 ///< names of the pages, "; " between them
  std::string patient;                ///< empty: unknown, then a record counts as a patient
  std::optional<std::string> answer;  ///< generated words; empty if none were generated
  /// Of each option, from 0 to 1; empty if no likelihoods were computed.
  std::vector<double> probability;
  int sample = 0;  ///< questions that --limit kept; 0 for all
};

/// One line without its line break; it also holds what was read in the answer ("parsed"; null if
/// nothing could be read).
std::string to_line(const TaskAnswer& answer);
/// Data error that begins with `origin` for a line that is damaged, has another number of
/// probabilities than options, or a gold that is no option.
TaskAnswer parse_task_line(std::string_view line, const std::string& origin);
/// Data error that names file and line as parse_task_line() does, or for a line that answers a
/// question again, or if there is no line.
std::vector<TaskAnswer> read_task_answers(const std::filesystem::path& file);
/// Whether the first line is one of a task. Data error if the file cannot be read.
bool holds_task_answers(const std::filesystem::path& file);

/// Places of the options that the answer affirms, ascending: read in final_part() by words and with
/// negation. Without words the likeliest option (of labels those of at least 0.5). Empty if it
/// cannot be read, and for any text.
std::optional<std::vector<std::size_t>> parse_answer(const TaskAnswer& answer);

/// Places of `gold` among `options`, ascending.
std::vector<std::size_t> gold_places(const TaskAnswer& answer);

}  // namespace ecg_lora::metrics
