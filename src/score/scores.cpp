#include "ecg_lora/score/scores.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <thread>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/random.h"
#include "ecg_lora/score/metrics.h"

namespace ecg_lora::score {
namespace {

constexpr std::size_t metric_count = 4;  ///< AUROC, average precision, F1, Brier
using Values = std::array<std::optional<double>, metric_count>;

/// Predictions of one label; `patient` numbers patients from 0.
struct Column {
  std::vector<double> probability;
  std::vector<bool> truth;
  std::vector<std::size_t> patient;
};

struct Table {
  std::map<std::string, Column> columns;
  std::size_t patients = 0, records = 0;
};

Table make_table(const std::vector<Prediction>& predictions) {
  Table table;
  std::map<int, std::size_t> numbers;
  std::set<int> records;
  for (const auto& p : predictions) {
    auto& column = table.columns[p.label];
    column.probability.push_back(p.p_yes);
    column.truth.push_back(p.gold);
    column.patient.push_back(numbers.emplace(p.patient_id, numbers.size()).first->second);
    records.insert(p.ecg_id);
  }
  table.patients = numbers.size();
  table.records = records.size();
  return table;
}

/// A label with what is computed once for all resamples.
struct Prepared {
  const Column* column;
  Ranking ranking;
  double threshold;

  /// F1 as average precision: nothing where no record is positive, instead of a 0 that no threshold could change.
  Values values(const std::vector<int>* weight) const {
    const auto counts = confusion(column->probability, column->truth, threshold, weight);
    const bool positive = counts.true_positive + counts.false_negative > 0;
    return {ranking.auroc(weight), ranking.average_precision(weight), positive ? std::optional(counts.f1()) : std::nullopt,
            brier(column->probability, column->truth, weight)};
  }
};

/// How often each record is drawn when patients are drawn with replacement.
std::vector<int> patient_weights(std::size_t patients, std::uint64_t seed, std::uint64_t resample) {
  Random random{seed, resample};
  std::vector<int> weight(patients, 0);
  for (std::size_t i = 0; i < patients; ++i) ++weight[random.below(patients)];
  return weight;
}

/// Mean over the labels where a metric is defined. Only labels with both classes count, for every metric alike.
Values macro(const std::vector<Values>& labels) {
  Values result;
  for (std::size_t m = 0; m < metric_count; ++m) {
    double sum = 0;
    int count = 0;
    for (const auto& values : labels)
      if (values[0] && values[m]) sum += *values[m], ++count;
    if (count > 0) result[m] = sum / count;
  }
  return result;
}

/// numpy's default quantile: linear between order statistics.
double quantile(std::vector<double>& values, double q) {
  std::sort(values.begin(), values.end());
  const double at = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const auto above = std::min(below + 1, values.size() - 1);
  return values[below] + (at - static_cast<double>(below)) * (values[above] - values[below]);
}

Estimate estimate(std::optional<double> value, std::vector<double> resampled) {
  if (!value || resampled.empty()) return {value, {}, {}};
  const double low = quantile(resampled, 0.025);
  return {value, low, quantile(resampled, 0.975)};
}

/// Values of every label, then of the macro mean, for each resample.
std::vector<std::vector<Values>> resample_all(const std::vector<Prepared>& labels, std::size_t patients, int resamples, std::uint64_t seed) {
  std::vector<std::vector<Values>> results(static_cast<std::size_t>(resamples));
  const auto workers = std::max(1u, std::thread::hardware_concurrency());
  const auto work = [&](std::size_t first) {
    for (std::size_t r = first; r < results.size(); r += workers) {
      const auto of_patient = patient_weights(patients, seed, r);
      for (const auto& label : labels) {
        std::vector<int> weight(label.column->patient.size());
        for (std::size_t i = 0; i < weight.size(); ++i) weight[i] = of_patient[label.column->patient[i]];
        results[r].push_back(label.values(&weight));
      }
      results[r].push_back(macro(results[r]));
    }
  };
  std::vector<std::thread> threads;
  for (unsigned w = 0; w < workers; ++w) threads.emplace_back(work, w);
  for (auto& thread : threads) thread.join();
  return results;
}

void assign(std::array<Estimate*, metric_count> places, const Values& values, const std::vector<std::vector<Values>>& resampled, std::size_t column) {
  for (std::size_t m = 0; m < metric_count; ++m) {
    std::vector<double> series;
    for (const auto& row : resampled)
      if (row[column][m]) series.push_back(*row[column][m]);
    *places[m] = estimate(values[m], std::move(series));
  }
}

}  // namespace

Scores score(const std::vector<Prediction>& validation, const std::vector<Prediction>& test, int resamples, std::uint64_t seed) {
  const auto chosen = make_table(validation), table = make_table(test);
  Scores scores;
  std::vector<Prepared> prepared;
  std::vector<Values> values;
  for (const auto& [label, column] : table.columns) {
    const auto found = chosen.columns.find(label);
    const double threshold = found == chosen.columns.end() ? 0.5 : best_f1_threshold(found->second.probability, found->second.truth);
    prepared.push_back({&column, Ranking(column.probability, column.truth), threshold});
    values.push_back(prepared.back().values(nullptr));
  }
  const auto resampled = resample_all(prepared, table.patients, resamples, seed);
  std::size_t number = 0;
  for (const auto& [label, column] : table.columns) {
    LabelScores line;
    line.label = label;
    line.records = static_cast<std::int64_t>(column.truth.size());
    line.positives = prepared[number].ranking.positives();
    line.threshold = prepared[number].threshold;
    assign({&line.auroc, &line.average_precision, &line.f1, &line.brier}, values[number], resampled, number);
    scores.defined_labels += values[number][0].has_value();
    scores.labels.push_back(std::move(line));
    ++number;
  }
  assign({&scores.auroc, &scores.average_precision, &scores.f1, &scores.brier}, macro(values), resampled, number);
  scores.records = static_cast<std::int64_t>(table.records);
  scores.patients = static_cast<std::int64_t>(table.patients);
  return scores;
}

}  // namespace ecg_lora::score
