#include "ecg_lora/metrics/tasks/task_compare.h"

#include <map>
#include <set>

#include "ecg_lora/base/error.h"
#include "ecg_lora/metrics/statistics/delong.h"
#include "ecg_lora/metrics/statistics/paired.h"
#include "task_groups.h"
#include "task_statistics.h"

namespace ecg_lora::metrics {
namespace {

using Key = std::pair<std::string, std::string>;  // task, id

std::map<Key, const TaskAnswer*> by_question(const TaskRun& run) {
  std::map<Key, const TaskAnswer*> result;
  for (const auto& a : run.answers) result[{a.task, a.id}] = &a;
  return result;
}

/// What two runs disagree about; empty where they ask the same.
std::string disagreement(const TaskAnswer& a, const TaskAnswer& b) {
  if (a.kind != b.kind) return cat("kind ", name_of(a.kind), " against ", name_of(b.kind));
  if (a.type != b.type) return cat("type '", a.type, "' against '", b.type, "'");
  if (a.options != b.options) return "the options";
  if (a.gold != b.gold) return "the right answer";
  if (a.record != b.record) return cat("page ", a.record, " against ", b.record);
  if (!a.patient.empty() && !b.patient.empty() && a.patient != b.patient)
    return cat("patient ", a.patient, " against ", b.patient);
  return "";
}

/// The questions that both have, in the order of the first run.
struct SharedQuestions {
  std::vector<TaskAnswer> first, second;
  std::int64_t only_first = 0, only_second = 0;
};

SharedQuestions shared_questions(const TaskRun& a, const TaskRun& b) {
  const auto of_b = by_question(b);
  SharedQuestions result;
  for (const auto& x : a.answers) {
    const auto found = of_b.find({x.task, x.id});
    if (found == of_b.end()) {
      ++result.only_first;
      continue;
    }
    if (const auto what = disagreement(x, *found->second); !what.empty())
      throw_data(
          "runs ", a.name, " and ", b.name, " disagree about question ", x.id, " of ", x.task, ": ",
          what,
          ", expected the same questions; compare runs of the same tasks.files and tasks.kinds");
    result.first.push_back(x), result.second.push_back(*found->second);
    auto &one = result.first.back().patient, &other = result.second.back().patient;
    one.empty() ? one = other : other = one;
  }
  result.only_second = static_cast<std::int64_t>(b.answers.size() - result.second.size());
  if (result.first.empty())
    throw_data("runs ", a.name, " and ", b.name,
               " share no question, expected some; compare runs of the same tasks.files");
  return result;
}

WeightedStatistics statistics_of(const TaskGroup& group, const std::vector<std::size_t>& patient) {
  if (group.kind == AnswerKind::text) return TextStatistics(group.answers, patient);
  return ClosedStatistics(group.kind, group.answers, patient);
}

TaskDifference compare_groups(const TaskGroup& a, const TaskGroup& b,
                              const IntervalOptions& options) {
  TaskDifference result{a.task, a.type, a.kind};
  std::size_t patients = 0;
  const auto patient = task_patients(a.answers, patients);
  std::set<std::string> records;
  for (std::size_t i = 0; i < a.answers.size(); ++i) {
    records.insert(a.answers[i].record);
    const bool first = is_right(a.answers[i]).value_or(false),
               second = is_right(b.answers[i]).value_or(false);
    result.only_first_right += first && !second, result.only_second_right += second && !first;
  }
  result.questions = static_cast<std::int64_t>(a.answers.size()),
  result.records = static_cast<std::int64_t>(records.size()),
  result.patients = static_cast<std::int64_t>(patients);
  result.metrics =
      paired_differences(statistics_of(a, patient), statistics_of(b, patient), patients, options);
  result.metrics.resize(metrics_of(a.kind).size());  // without F1 of each class
  return result;
}

void adjust(std::vector<TaskDifference>& tasks) {
  std::vector<std::optional<double>> p;
  for (const auto& task : tasks) p.push_back(task.type.empty() ? task.metrics[0].p : std::nullopt);
  const auto adjusted = holm_of_tested(p);
  for (std::size_t i = 0; i < tasks.size(); ++i) tasks[i].p_holm = adjusted[i];
}

}  // namespace

TaskComparison compare(const TaskRun& a, const TaskRun& b, const IntervalOptions& options) {
  const auto shared = shared_questions(a, b);
  const auto first = task_groups(shared.first), second = task_groups(shared.second);
  TaskComparison result{a.name, b.name, {}, shared.only_first, shared.only_second};
  for (std::size_t g = 0; g < first.size(); ++g)
    result.tasks.push_back(compare_groups(first[g], second[g], options));
  adjust(result.tasks);
  return result;
}

}  // namespace ecg_lora::metrics
