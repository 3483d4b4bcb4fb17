// Scores of instruction tasks with intervals over patients.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/metrics/statistics/estimates.h"
#include "ecg_lora/metrics/tasks/task_answers.h"

namespace ecg_lora::metrics {

struct TaskMetric {
  const char* key;    ///< in scores.json
  const char* title;  ///< in tables
  bool higher_is_better;
  const char* definition;
};
/// The metrics of a kind, the one that matters most first. All run from 0 to 1, but cider_d to 10.
const std::vector<TaskMetric>& metrics_of(AnswerKind kind);

/// One of the options, as a class over all questions that offer it. Counts are of questions.
struct TaskClass {
  std::string name;
  std::int64_t offered = 0, gold = 0, predicted = 0, hits = 0;
  Estimate f1;  ///< without a value if the option is never right
};

struct TaskBaseline {
  std::string name, definition;
  std::vector<std::optional<double>> values;  ///< in the order of metrics_of(kind)
};

/// The answers of one task and kind, or of one type of question among them.
struct TaskScores {
  std::string task, type;  ///< type: empty for all
  AnswerKind kind = AnswerKind::text;
  std::int64_t questions = 0, records = 0, patients = 0;
  std::int64_t unanswered = 0;  ///< neither words nor likelihoods; count as wrong
  /// Words that cannot be read; of text: no words. Count as wrong.
  std::int64_t unparsed = 0;
  std::vector<Estimate> metrics = {};  ///< in the order of metrics_of(kind)
  std::vector<TaskBaseline> baselines = {};
  std::vector<TaskClass> classes = {};  ///< by name; none of text
  /// Names of the options that are offered and never right; no macro mean counts them.
  std::vector<std::string> absent_classes() const;
};

/// For each task in the order of its first answer: all its answers of a kind, then, if there are
/// several, each type of question. An answer that cannot be read is wrong: of labels, in every
/// label.
std::vector<TaskScores> score_tasks(const std::vector<TaskAnswer>& answers,
                                    const IntervalOptions& options);

/// Whether an answer is wholly right: every label, and no other. Empty for text.
std::optional<bool> is_right(const TaskAnswer& answer);

}  // namespace ecg_lora::metrics
