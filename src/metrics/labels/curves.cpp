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
  std::vector<const LabelColumn*> columns;
  for (const auto& column : test.columns) {
    const auto positives = std::count(column.reference.begin(), column.reference.end(), true);
    if (positives > 0 && positives < static_cast<std::ptrdiff_t>(column.reference.size()))
      columns.push_back(&column);
  }
  const auto positives = [](const LabelColumn* c) {
    return std::count(c->reference.begin(), c->reference.end(), true);
  };
  std::stable_sort(columns.begin(), columns.end(), [&](const LabelColumn* a, const LabelColumn* b) {
    return positives(a) > positives(b);
  });
  columns.resize(std::min(columns.size(), count));
  Cooccurrence result;
  std::vector<std::vector<signed char>> has(columns.size(),
                                            std::vector<signed char>(test.records.size(), -1)),
      called(has);
  for (std::size_t l = 0; l < columns.size(); ++l) {
    result.labels.push_back(columns[l]->label);
    const double threshold = threshold_of(thresholds, columns[l]->label);
    for (std::size_t i = 0; i < columns[l]->record.size(); ++i) {
      has[l][columns[l]->record[i]] = columns[l]->reference[i];
      called[l][columns[l]->record[i]] = columns[l]->probability[i] >= threshold;
    }
  }
  result.called.assign(columns.size(), std::vector<int>(columns.size(), 0));
  result.of = result.called;
  for (std::size_t i = 0; i < columns.size(); ++i)
    for (std::size_t j = 0; j < columns.size(); ++j)
      for (std::size_t r = 0; r < test.records.size(); ++r) {
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
