// The questions of instruction tasks from their files, and answers of other models to them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ecg_lora/ecg/ptbxl/database.h"
#include "ecg_lora/instruct/format/instruction_item.h"
#include "ecg_lora/metrics/tasks/task_answers.h"
#include "ecg_lora/report/scores_report.h"

namespace ecg_lora::evaluation {

/// Instruction tasks to answer: the section tasks of the config of ecg-lora eval.
struct TasksConfig {
  std::vector<std::string> files, kinds, labels;
  std::string answer = "text", option_score = "mean";
  int max_new_tokens = 256;
  template <class V>
  void visit(V& v) {
    v.field("files", files,
            "files or folders of instruction samples to ask, in place of the labels of data.root; "
            "each file is a task named after it");
    v.field("kinds", kinds,
            "one for each of files: auto, yes_no, choice, labels, text, or a file of ECGBench "
            "(ptb-test, code15-test, cpsc-test, csn-test, g12-test, ecgqa-test, mmmu-ecg, "
            "ptb-test-report, arena); [] for auto");
    v.field("labels", labels,
            "what may be answered if a kind is labels and the question lists no options");
    v.field("answer", answer,
            "text: generate an answer and read it; options: of yes_no, choice and labels the "
            "likelihoods of the options instead")
        .one_of({"text", "options"});
    v.field("option_score", option_score,
            "of the options of a choice: sum (log-probability), mean (over its tokens), or pmi "
            "(over its likelihood after a prompt that asks nothing; of labels P(yes) over that "
            "without the page)")
        .one_of({"sum", "mean", "pmi"});
    v.field("max_new_tokens", max_new_tokens, "longest generated answer, tokens").range(1, 65536);
  }
};

/// A question with its right answer; `answer.answer` is empty until a model has answered.
struct TaskQuestion {
  metrics::TaskAnswer answer;
  std::vector<text::Turn> turns;    ///< up to the user's question
  std::vector<std::string> images;  ///< names
  std::string where;                ///< for messages
  /// The id in its file, which may have it several times; `answer.id` is then "7 (2)".
  std::string file_id;
};

/// Reads all questions. A sample of several turns gives a question for each, with the right answers
/// of the turns before it. `skip_bad` leaves out what cannot be used, counted in `notices`; without
/// it that is a data error. Patients come from `database`, which may be null, if the name of a page
/// is that of one of its records. `limit` keeps that many questions of each task, evenly spread; 0
/// all. Usage error for an unknown kind, another number of kinds than files, or two files of one
/// name; data error if no question is left.
std::vector<TaskQuestion> read_questions(const TasksConfig& config, const ptbxl::Database* database,
                                         bool skip_bad, int limit,
                                         std::vector<report::Notice>& notices);

/// Answers of another model to `questions`, which must not be empty: JSON lines, or a list, of
/// objects with id (or question_id) and text (or response, answer, prediction), and with `task` if
/// several tasks know the id. If a file has an id several times, its answers come in the order of
/// its questions. Data error that names line and id for an unknown id or an answer too many.
/// Questions without an answer are counted in `notices`.
std::vector<metrics::TaskAnswer> join_answers(const std::vector<TaskQuestion>& questions,
                                              const std::filesystem::path& file,
                                              std::vector<report::Notice>& notices);

}  // namespace ecg_lora::evaluation
