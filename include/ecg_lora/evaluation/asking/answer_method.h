// How a question of an instruction task is answered.
#pragma once

#include <string>

#include "ecg_lora/evaluation/scoring/task_source.h"
#include "ecg_lora/metrics/tasks/task_answers.h"

namespace ecg_lora::asking {

using evaluation::TaskQuestion, evaluation::TasksConfig;

/// In the order in which batches are asked.
enum class AnswerMethod {
  words,    ///< generated
  yes_no,   ///< P(yes) from the variants of yes and no
  options,  ///< likelihoods of the options, softmax over them
  labels    ///< P(yes) of each label, asked for by itself
};
/// Of a question, by its kind and tasks.answer. A text is always generated; yes_no with a third
/// option ("not sure") is answered as options are.
AnswerMethod answer_method(const TasksConfig& config, const metrics::TaskAnswer& answer);

/// What the probabilities and answers of a run are, as one sentence for its report.
std::string describe_methods(const TasksConfig& config);

}  // namespace ecg_lora::asking
