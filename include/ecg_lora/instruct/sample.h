// Questions and answers about recordings.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/ptbxl/labels.h"
#include "ecg_lora/text/chat.h"

namespace ecg_lora::instruct {

/// One yes/no question on a record.
struct Question {
  std::string label;   ///< name of the label, for example "AFIB"
  std::string text;    ///< "Does this ECG show atrial fibrillation?"
  bool answer = false;
};

/// The questions on one recording. They share one image.
struct Sample {
  std::int64_t index = 0;     ///< position in ptbxl::Database::records
  std::vector<Question> questions;
};

/// "Does this ECG show <description>?", the one wording that training, evaluation and prediction use.
std::string question_text(const ptbxl::Label& label);
std::string answer_text(bool answer);  ///< "Yes" or "No"

/// Samples of the records of `folds`, in table order, each with one question a label. Records without a label are left out
/// where the label set says so. Data error where nothing is left.
std::vector<Sample> make_samples(const ptbxl::Database& database, const ptbxl::LabelSet& labels,
                                 const std::vector<int>& folds);

/// The conversation of a question: one user turn with one image, and the assistant's answer.
std::vector<text::Turn> conversation(const Question& question, bool with_answer);

}  // namespace ecg_lora::instruct
