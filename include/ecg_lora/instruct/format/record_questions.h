// Questions and answers about recordings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/ecg/ptbxl/labels.h"
#include "ecg_lora/text/chat.h"

namespace ecg_lora::instruct {

/// What a record is asked.
enum class Ask { yes_no, checklist };

/// "yes_no" or "checklist"; usage error for another.
Ask parse_ask(const std::string& name);

/// One question on a record.
struct Question {
  std::string label;  ///< name of the label, for example "AFIB"; empty if all are asked for at once
  std::string text;   ///< "Does this ECG show atrial fibrillation?"
  bool positive = false;  ///< the record has the label; of a checklist: any of them
  std::string answer;     ///< "Yes", "No", or the checklist
};

/// The questions on one recording. They share one image.
struct RecordQuestions {
  std::int64_t index = 0;  ///< position in ptbxl::Database::records
  std::vector<Question> questions;
};

/// Samples of the records of `folds`, in table order, in the words of `labels`. `yes_no`: one
/// question per label. `checklist`: one question for all of them, answered with a line for each,
/// "atrial fibrillation: Yes", in the order of the set. Records without a label are left out if the
/// label set says so. What a record leaves open (LabelSet::left_open) is not asked of it; it has no
/// checklist then. Data error if nothing is left.
std::vector<RecordQuestions> make_record_questions(const ptbxl::Database& database,
                                                   const ptbxl::LabelSet& labels,
                                                   const std::vector<int>& folds,
                                                   Ask ask = Ask::yes_no);

/// The conversation of a question: one user turn with one image, and the assistant's answer.
std::vector<text::Turn> conversation(const Question& question, bool with_answer);

}  // namespace ecg_lora::instruct
