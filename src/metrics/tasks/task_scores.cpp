#include "ecg_lora/metrics/tasks/task_scores.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "task_groups.h"
#include "task_statistics.h"

namespace ecg_lora::metrics {
namespace {

std::vector<std::optional<double>> values_without_intervals(const WeightedStatistics& statistics,
                                                            std::size_t count) {
  std::vector<std::optional<double>> result;
  for (const auto& e : estimates(statistics, 1, {0, 0})) result.push_back(e.value);
  result.resize(count);
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

const char* commonest_definition =
    "the commonest right answer of these very questions, for every question; one that knew the "
    "test set";

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
  const ClosedStatistics constant(group.kind, commonest(group), patient);
  scores.baselines = {random_baseline(group.kind, statistics),
                      {"majority", commonest_definition,
                       values_without_intervals(
                           [&](const std::vector<double>* w) { return constant(w); }, metrics)}};
}

void add_text(TaskScores& scores, const TaskGroup& group, const std::vector<std::size_t>& patient,
              const IntervalOptions& options) {
  const TextStatistics statistics(group.answers, patient), constant(commonest(group), patient);
  scores.metrics =
      estimates([&](const PatientWeights* w) { return statistics(w); },
                static_cast<std::size_t>(scores.patients), options, statistics.traits());
  scores.metrics.resize(metrics_of(group.kind).size());
  scores.baselines = {
      {"majority", commonest_definition,
       values_without_intervals([&](const std::vector<double>* w) { return constant(w); },
                                metrics_of(group.kind).size())}};
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
  // A baseline has no likelihoods either where the model gave none.
  for (auto& baseline : scores.baselines)
    for (std::size_t m = 0; m < scores.metrics.size(); ++m)
      if (!scores.metrics[m].value) baseline.values[m].reset();
  return scores;
}

}  // namespace

const std::vector<TaskMetric>& metrics_of(AnswerKind kind) {
  static const std::vector<TaskMetric> kYesNo{
      {"accuracy", "Accuracy", true, "share of the questions that are answered right"},
      {"macro_f1", "Macro F1", true,
       "mean of F1 over the answers that are right for some question"},
      {"balanced_accuracy", "Bal. acc.", true,
       "mean of the share of right answers, of each answer that is right for some question"},
      {"auroc", "AUROC", true,
       "of the likelihood of yes; undefined without likelihoods of every question"}};
  static const std::vector<TaskMetric> kChoice{
      {"accuracy", "Accuracy", true, "share of the questions that are answered right"},
      {"macro_f1", "Macro F1", true,
       "mean of F1 over the options, by their text, that are right for some question"},
      {"likelihood_accuracy", "By likelihood", true,
       "share of the questions whose likeliest option is right, level ones sharing; undefined "
       "without likelihoods"}};
  static const std::vector<TaskMetric> kLabels{
      {"macro_f1", "Macro F1", true, "mean of F1 over the labels that are right for some question"},
      {"exact_match", "Exact match", true, "share of the questions whose labels are all right"},
      {"hamming_loss", "Hamming loss", false,
       "share of the pairs of question and label that are wrong"},
      {"micro_f1", "Micro F1", true, "F1 of all pairs of question and label"},
      {"balanced_accuracy", "Bal. acc.", true,
       "mean of sensitivity and specificity, over the labels with both classes"},
      {"auroc", "AUROC", true,
       "macro, of the likelihoods of the labels; undefined without likelihoods of every question"}};
  static const std::vector<TaskMetric> kText{
      {"clinical_f1", "Clinical F1", true,
       "micro F1 of the statements that one labeller reads in answer and reference, with negation"},
      {"clinical_macro_f1", "Clin. macro F1", true,
       "the same, mean over the statements that a reference makes"},
      {"rouge_l", "ROUGE-L", true, "F, mean"},
      {"bleu4", "BLEU-4", true, "over the corpus"},
      {"cider_d", "CIDEr-D", true, "0 to 10, document frequencies of these references, mean"},
      {"meteor_exact", "METEOR, exact", true,
       "METEOR over equal words, without WordNet and stems, mean"},
      {"bleu1", "BLEU-1", true, "over the corpus"},
      {"bleu2", "BLEU-2", true, "over the corpus"},
      {"bleu3", "BLEU-3", true, "over the corpus"},
      {"rouge1", "ROUGE-1", true, "F, mean"},
      {"rouge2", "ROUGE-2", true, "F, mean"}};
  switch (kind) {
    case AnswerKind::yes_no:
      return kYesNo;
    case AnswerKind::choice:
      return kChoice;
    case AnswerKind::labels:
      return kLabels;
    default:
      return kText;
  }
}

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
