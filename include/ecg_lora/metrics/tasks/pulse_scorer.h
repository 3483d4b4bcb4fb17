// The scorer published with ECGBench (evaluate_ecgbench.py of PULSE), for comparison with published
// figures. It finds labels as substrings, whether negated or not, replaces what it cannot read by
// lot, and calls balanced accuracy AUC; this project's own scores are those of task_scores.h.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ecg_lora/metrics/tasks/python_random.h"

namespace ecg_lora::metrics {

/// A file that the scorer knows.
struct PulseTask {
  std::string name;
  /// The scorer silently skips a file with another number of answers; 0: it takes any.
  std::int64_t expected = 0;
};
/// In the order in which it scores them, which decides what is drawn.
const std::vector<PulseTask>& pulse_tasks();

struct PulseAnswer {
  std::string question, text;
  std::string reference;                ///< gold as the file has it
  std::vector<std::string> references;  ///< the same as a list (ecgqa-test)
};

struct PulseScores {
  std::string task;
  std::int64_t answers = 0, drawn = 0;  ///< drawn: replaced by lot
  /// accuracy; or f1, auc (NaN if a class has no negative) and hamming_loss.
  std::map<std::string, double> values;
};

/// `task` is the name of one of pulse_tasks(). `random` is seeded with 42 and runs through all
/// tasks, in the order of pulse_tasks().
PulseScores pulse_scores(const std::string& task, const std::vector<PulseAnswer>& answers,
                         PythonRandom& random);

}  // namespace ecg_lora::metrics
