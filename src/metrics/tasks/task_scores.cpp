#include "ecg_lora/metrics/tasks/task_scores.h"

#include <algorithm>
#include <set>

#include "task_baselines.h"
#include "task_groups.h"
#include "task_statistics.h"

namespace ecg_lora::metrics {
namespace {

void add_closed(TaskScores& scores, const TaskGroup& group, const std::vector<std::size_t>& patient,
                const IntervalOptions& options) {
  const ClosedStatistics statistics(group.kind, group.answers, patient);
  auto all = estimates([&](const PatientWeights* w) { return statistics(w); },
                       static_cast<std::size_t>(scores.patients), options, statistics.traits());
  const auto metrics = metrics_of(group.kind).size();
  for (std::size_t k = 0; k < statistics.classes().size(); ++k) {
    TaskClass c{statistics.classes()[k], 0, 0, 0, 0, all[metrics + k]};
    for (const auto& j : statistics.judged()) {
      const auto in = [&](const std::vector<std::size_t>& places) {
        return std::binary_search(places.begin(), places.end(), k);
      };
      c.offered += in(j.offered), c.gold += in(j.gold), c.predicted += in(j.called),
          c.hits += in(j.gold) && in(j.called);
    }
    scores.classes.push_back(std::move(c));
  }
  all.resize(metrics);
  scores.metrics = std::move(all);
  scores.baselines = closed_baselines(group, statistics, patient);
}

void add_text(TaskScores& scores, const TaskGroup& group, const std::vector<std::size_t>& patient,
              const IntervalOptions& options) {
  const TextStatistics statistics(group.answers, patient);
  scores.metrics =
      estimates([&](const PatientWeights* w) { return statistics(w); },
                static_cast<std::size_t>(scores.patients), options, statistics.traits());
  scores.metrics.resize(metrics_of(group.kind).size());
  scores.baselines = text_baselines(group, patient);
}

TaskScores score_group(const TaskGroup& group, const IntervalOptions& options) {
  TaskScores scores{group.task, group.type, group.kind};
  std::set<std::string> records;
  for (const auto& a : group.answers) {
    records.insert(a.record);
    const bool silent = !a.answer && a.probability.empty();
    scores.unanswered += silent;
    const bool readable = a.kind == AnswerKind::text ? !tokens_rouge(a.answer.value_or("")).empty()
                                                     : parse_answer(a).has_value();
    scores.unparsed += !silent && !readable;
  }
  std::size_t patients = 0;
  const auto patient = task_patients(group.answers, patients);
  scores.questions = static_cast<std::int64_t>(group.answers.size()),
  scores.records = static_cast<std::int64_t>(records.size()),
  scores.patients = static_cast<std::int64_t>(patients);
  (group.kind == AnswerKind::text ? add_text : add_closed)(scores, group, patient, options);
  // A baseline has no likelihoods either if the model gave none.
  for (auto& baseline : scores.baselines)
    for (std::size_t m = 0; m < scores.metrics.size(); ++m)
      if (!scores.metrics[m].value) baseline.values[m].reset();
  return scores;
}

}  // namespace

std::vector<std::string> TaskScores::absent_classes() const {
  std::vector<std::string> names;
  for (const auto& c : classes)
    if (c.gold == 0) names.push_back(c.name);
  return names;
}

std::vector<TaskScores> score_tasks(const std::vector<TaskAnswer>& answers,
                                    const IntervalOptions& options) {
  std::vector<TaskScores> result;
  for (const auto& group : task_groups(answers)) result.push_back(score_group(group, options));
  return result;
}

std::optional<bool> is_right(const TaskAnswer& a) {
  if (a.kind == AnswerKind::text) return std::nullopt;
  const auto places = parse_answer(a);
  return places && *places == gold_places(a);
}

}  // namespace ecg_lora::metrics
