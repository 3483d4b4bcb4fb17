#include "ecg_lora/metrics/labels/curves.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "ecg_lora/metrics/statistics/metrics.h"

namespace ecg_lora::metrics {
namespace {

/// Calls point(hits, alarms) after each level of probability, highest first.
template <class F>
void levels(const Ranking& ranking, F point) {
  double hits = 0, alarms = 0;
  for (std::size_t i = 0; i < ranking.size(); ++i) {
    (ranking.reference()[i] ? hits : alarms) += 1;
    if (i + 1 == ranking.size() || ranking.probability()[i + 1] != ranking.probability()[i])
      point(hits, alarms);
  }
}

/// The labels with both classes, those with most positives first, at most `count`.
std::vector<const LabelColumn*> most_frequent(const PredictionTable& test, std::size_t count) {
  const auto positives = [](const LabelColumn* c) {
    return std::count(c->reference.begin(), c->reference.end(), true);
  };
  std::vector<const LabelColumn*> columns;
  for (const auto& column : test.columns)
    if (both_classes(column.reference)) columns.push_back(&column);
  std::stable_sort(columns.begin(), columns.end(), [&](const LabelColumn* a, const LabelColumn* b) {
    return positives(a) > positives(b);
  });
  columns.resize(std::min(columns.size(), count));
  return columns;
}

/// By record: 1, 0, or -1 without an answer.
using Marks = std::vector<signed char>;

/// `is` of each answer of a column, by its record.
template <class F>
Marks marks_of(const LabelColumn& column, std::size_t records, F is) {
  Marks marks(records, -1);
  for (std::size_t i = 0; i < column.record.size(); ++i) marks[column.record[i]] = is(i);
  return marks;
}

}  // namespace

Points roc_curve(const LabelColumn& column) {
  const Ranking ranking(column.probability, column.reference);
  const auto positives = static_cast<double>(ranking.positives()),
             negatives = static_cast<double>(ranking.size()) - positives;
  if (positives == 0 || negatives == 0) return {};
  Points points{{0, 0}};
  levels(ranking, [&](double hits, double alarms) {
    points.emplace_back(alarms / negatives, hits / positives);
  });
  return points;
}

Points precision_recall_curve(const LabelColumn& column) {
  const Ranking ranking(column.probability, column.reference);
  const auto positives = static_cast<double>(ranking.positives());
  Points points;
  if (positives > 0)
    levels(ranking, [&](double hits, double alarms) {
      points.emplace_back(hits / positives, hits / (hits + alarms));
    });
  return points;
}

Points thinned(const Points& points, std::size_t count) {
  if (points.size() <= count) return points;
  Points few;
  for (std::size_t i = 0; i < count; ++i)
    few.push_back(points[i * (points.size() - 1) / (count - 1)]);
  return few;
}

Cooccurrence cooccurrence(const PredictionTable& test, const Thresholds& thresholds,
                          std::size_t count) {
  const auto columns = most_frequent(test, count);
  const auto n = columns.size(), records = test.records.size();
  std::vector<Marks> has, called;
  Cooccurrence result;
  for (const auto* column : columns) {
    const double threshold = threshold_of(thresholds, column->label);
    result.labels.push_back(column->label);
    has.push_back(marks_of(*column, records, [&](std::size_t i) { return column->reference[i]; }));
    called.push_back(marks_of(*column, records,
                              [&](std::size_t i) { return column->probability[i] >= threshold; }));
  }
  result.called.assign(n, std::vector<int>(n, 0));
  result.of = result.called;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t r = 0; r < records; ++r) {
        if (has[i][r] != 1 || has[j][r] != (i == j)) continue;
        ++result.of[i][j];
        result.called[i][j] += called[j][r] == 1;
      }
  return result;
}

std::vector<WorstError> worst_errors(const std::vector<Prediction>& test,
                                     const Thresholds& thresholds, std::size_t count) {
  std::map<int, WorstError> of_record;
  for (const auto& p : test) {
    auto& worst = of_record[p.ecg_id];
    const double threshold = threshold_of(thresholds, p.label);
    if (p.gold) worst.has.push_back(p.label);
    if (p.p_yes >= threshold) worst.called.push_back(p.label);
    const auto distance = [](double probability, bool gold) {
      return std::abs(probability - (gold ? 1 : 0));
    };
    if (!worst.label.empty() &&
        distance(p.p_yes, p.gold) <= distance(worst.probability, worst.gold))
      continue;
    worst.ecg_id = p.ecg_id, worst.patient_id = p.patient_id;
    worst.label = p.label, worst.question = p.question, worst.answer = p.answer;
    worst.gold = p.gold, worst.probability = p.p_yes, worst.threshold = threshold;
  }
  std::vector<WorstError> result;
  for (auto& [id, worst] : of_record) result.push_back(std::move(worst));
  std::stable_sort(result.begin(), result.end(), [](const WorstError& a, const WorstError& b) {
    return std::abs(a.probability - (a.gold ? 1 : 0)) > std::abs(b.probability - (b.gold ? 1 : 0));
  });
  result.resize(std::min(result.size(), count));
  return result;
}

}  // namespace ecg_lora::metrics
