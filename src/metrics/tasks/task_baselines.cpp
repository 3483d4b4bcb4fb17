#include "task_baselines.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace ecg_lora::metrics {
namespace {

/// The metrics of the commonest right answer, without intervals.
TaskBaseline majority_baseline(AnswerKind kind, const WeightedStatistics& statistics) {
  TaskBaseline result{"majority",
                      "the commonest right answer of these very questions, for every question; one "
                      "that knew the test set",
                      {}};
  for (const auto& e : estimates(statistics, 1, {0, 0})) result.values.push_back(e.value);
  result.values.resize(metrics_of(kind).size());
  return result;
}

/// Expected figures of options drawn by lot; F1 at expected counts.
TaskBaseline random_baseline(AnswerKind kind, const ClosedStatistics& statistics) {
  std::map<std::size_t, double> gold, called, hits;
  double right = 0, n = 0;
  for (const auto& j : statistics.judged()) {
    const auto options = static_cast<double>(j.offered.size());
    const double share = kind == AnswerKind::labels ? 0.5 : 1 / options;
    right += kind == AnswerKind::labels ? std::pow(0.5, options) : share, ++n;
    for (const auto k : j.offered) called[k] += share;
    for (const auto k : j.gold) ++gold[k], hits[k] += share;
  }
  double macro = 0, all_hits = 0, sizes = 0, recall = 0;
  for (const auto& [k, count] : gold)
    macro += 2 * hits[k] / (count + called[k]), recall += hits[k] / count;
  for (const auto& [k, count] : called) all_hits += hits[k], sizes += count + gold[k];
  const auto classes = static_cast<double>(
      std::count_if(gold.begin(), gold.end(), [](const auto& one) { return one.second > 0; }));
  const auto mean = [&](double sum) {
    return classes > 0 ? std::optional(sum / classes) : std::nullopt;
  };
  if (kind == AnswerKind::yes_no)
    return {"random",
            "options drawn by lot, expected figures",
            {right / n, mean(macro), mean(recall), 0.5}};
  if (kind == AnswerKind::choice)
    return {
        "random", "options drawn by lot, expected figures", {right / n, mean(macro), right / n}};
  return {"random",
          "each label by the toss of a coin, expected figures",
          {mean(macro), right / n, 0.5, 2 * all_hits / sizes, 0.5, 0.5}};
}

/// The commonest gold, for every question.
std::vector<TaskAnswer> commonest(const TaskGroup& group) {
  std::map<std::vector<std::string>, std::size_t> count;
  for (const auto& a : group.answers) {
    auto gold = a.gold;
    std::sort(gold.begin(), gold.end());
    ++count[gold];
  }
  const auto most = std::max_element(count.begin(), count.end(), [](const auto& a, const auto& b) {
                      return a.second < b.second;
                    })->first;
  auto answers = group.answers;
  for (auto& a : answers) {
    a.answer.reset();
    if (a.kind == AnswerKind::text) {
      a.answer = most.front();
      continue;
    }
    a.probability.assign(a.options.size(), 0.0);
    for (std::size_t o = 0; o < a.options.size(); ++o)
      a.probability[o] = std::find(most.begin(), most.end(), a.options[o]) != most.end();
  }
  return answers;
}

}  // namespace

std::vector<TaskBaseline> closed_baselines(const TaskGroup& group,
                                           const ClosedStatistics& statistics,
                                           const std::vector<std::size_t>& patient) {
  const ClosedStatistics constant(group.kind, commonest(group), patient);
  return {random_baseline(group.kind, statistics),
          majority_baseline(group.kind, [&](const PatientWeights* w) { return constant(w); })};
}

std::vector<TaskBaseline> text_baselines(const TaskGroup& group,
                                         const std::vector<std::size_t>& patient) {
  const TextStatistics constant(commonest(group), patient);
  return {majority_baseline(group.kind, [&](const PatientWeights* w) { return constant(w); })};
}

}  // namespace ecg_lora::metrics
