#include "ecg_lora/evaluation/scoring/task_scoring.h"

#include <algorithm>
#include <map>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"

namespace ecg_lora::evaluation {
namespace {

/// "csn-test-no-cot" and "csn-test-1" are csn-test, as the published scorer tells files apart by a
/// part of their path.
const metrics::PulseTask* pulse_task(const std::string& task) {
  if (task.find("report") != std::string::npos) return nullptr;
  for (const auto& known : metrics::pulse_tasks())
    if (task.find(known.name) != std::string::npos) return &known;
  return nullptr;
}

/// The figures of the published scorer, for the tasks that it knows, in its order.
std::vector<metrics::PulseScores> pulse_scores(const TaskScoringRun& run,
                                               std::vector<report::Notice>& notices) {
  metrics::PythonRandom random(42);
  std::vector<metrics::PulseScores> result;
  std::int64_t other = 0;
  for (const auto& a : run.answers) other += pulse_task(a.task) == nullptr;
  for (const auto& known : metrics::pulse_tasks()) {
    std::vector<metrics::PulseAnswer> answers;
    for (const auto& a : run.answers)
      if (const auto* task = pulse_task(a.task); task && task->name == known.name && a.answer)
        answers.push_back({a.question, *a.answer, a.reference, a.gold});
    if (answers.empty()) continue;
    if (known.expected > 0 && static_cast<std::int64_t>(answers.size()) != known.expected)
      notices.push_back({"pulse_" + known.name + "_answers",
                         static_cast<std::int64_t>(answers.size()),
                         cat("answers to ", known.name, ", of which the published scorer expects ",
                             known.expected, "; it would pass over them without a word")});
    result.push_back(metrics::pulse_scores(known.name, answers, random));
  }
  notices.push_back(
      {"pulse_other_tasks", other,
       "answers are to tasks that the published scorer does not know; it says nothing of them"});
  if (result.empty())
    throw_usage(
        "--compat pulse: no task is one that the published scorer knows, expected a file named "
        "ptb-test, cpsc-test, code15-test, csn-test, g12-test, ecgqa-test or mmmu-ecg with "
        "generated answers; leave it out");
  return result;
}

std::string sample_of(const std::vector<metrics::TaskAnswer>& answers) {
  int sample = 0;
  for (const auto& a : answers) sample = std::max(sample, a.sample);
  if (sample == 0) return "";
  return cat("--limit ", sample,
             " questions of each task, for testing; not a result on the whole task");
}

}  // namespace

std::vector<metrics::TaskAnswer> some_answers(std::vector<metrics::TaskAnswer> all, int limit) {
  if (limit == 0) return all;
  std::map<std::string, std::vector<metrics::TaskAnswer>> of_task;
  std::vector<std::string> order;
  for (auto& a : all) {
    if (of_task.count(a.task) == 0) order.push_back(a.task);
    of_task[a.task].push_back(std::move(a));
  }
  std::vector<metrics::TaskAnswer> some;
  for (const auto& task : order) {
    auto& answers = of_task[task];
    const auto kept = std::min(static_cast<std::size_t>(limit), answers.size());
    for (std::size_t i = 0; i < kept; ++i)
      some.push_back(std::move(answers[i * answers.size() / kept])), some.back().sample = limit;
  }
  return some;
}

void score_tasks_and_report(TaskScoringRun run) {
  report::TasksReport report;
  if (run.pulse) report.pulse = pulse_scores(run, run.notices);
  log_info(cat("scoring ", run.answers.size(), " answers; intervals: ", run.intervals.resamples,
               " groups of patients at most"));
  report.scores = metrics::score_tasks(run.answers, run.intervals);
  auto source = report_provenance(run, run.score, run.notices);
  source.sample = sample_of(run.answers);
  if (run.keep) write_answers(run.output / "predictions.jsonl", run.answers);
  report.answers = std::move(run.answers);
  report.intervals = run.intervals, report.worst = run.worst, report.title = run.title,
  report.png = run.png;
  write_report(run, report::tasks_page(report, source), report::tasks_json(report, source),
               report::tasks_table(report, source));
}

}  // namespace ecg_lora::evaluation
