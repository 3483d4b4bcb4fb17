// What a sample of an instruction file asks for, and what would be right.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/instruct/format/instruction_item.h"
#include "ecg_lora/metrics/tasks/task_answers.h"

namespace ecg_lora::evaluation {

/// How a task's questions are to be understood.
struct TaskFormat {
  std::string kind;  ///< of TasksConfig::kinds
  std::vector<std::string>
      labels;  ///< of kind labels: what may be answered if a question lists none
};
/// Of a kind and the name of a task; ECGBench's files are known by name. Usage error if there is no
/// such kind.
TaskFormat task_format(const std::string& kind, const std::string& task,
                       const std::vector<std::string>& labels);

/// Fills kind, options and gold from question and reference. `known` are the options of a question
/// for which neither it nor `format` lists any. Data error that begins with `where` for a reference
/// that is none of the options, or a question without options.
void understand(metrics::TaskAnswer& answer, const TaskFormat& format,
                const instruct::InstructionItem& item, const std::vector<std::string>& known,
                const std::string& where);

}  // namespace ecg_lora::evaluation
