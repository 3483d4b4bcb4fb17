#include "ecg_lora/score/set_metrics.h"

#include <cmath>
#include <limits>

namespace ecg_lora::score {
namespace {

constexpr int threshold_count = 101;  ///< 0, 0.01 … 1

/// How many of numpy's thresholds k / 100 a probability reaches.
int reached(double probability) {
  int k = static_cast<int>(probability * 100) + 2;
  while (k > 0 && (k >= threshold_count || k / 100.0 > probability)) --k;
  return k + 1;
}

const double undefined_set = std::numeric_limits<double>::quiet_NaN();

}  // namespace

SetMetrics::SetMetrics(const Table& table, const Thresholds& thresholds)
    : records_(table.records.size()),
      precision_(threshold_count, std::vector<double>(table.records.size(), 0)),
      recall_(precision_),
      predicted_(threshold_count, std::vector<char>(table.records.size(), 0)) {
  std::vector<std::vector<int>> hits(threshold_count, std::vector<int>(records_.size(), 0)), predictions(hits);
  for (const auto& column : table.columns) {
    const double threshold = threshold_of(thresholds, column.label);
    for (std::size_t i = 0; i < column.record.size(); ++i) {
      auto& record = records_[column.record[i]];
      ++record.answered;
      record.positives += column.truth[i];
      record.wrong += (column.probability[i] >= threshold) != column.truth[i];
      for (int k = reached(column.probability[i]) - 1; k >= 0; --k) {
        ++predictions[static_cast<std::size_t>(k)][column.record[i]];
        hits[static_cast<std::size_t>(k)][column.record[i]] += column.truth[i];
      }
    }
  }
  for (std::size_t r = 0; r < records_.size(); ++r) {
    records_[r].patient = table.records[r].patient;
    records_[r].complete = records_[r].answered == static_cast<int>(table.columns.size());
    for (std::size_t k = 0; k < threshold_count; ++k) {
      predicted_[k][r] = predictions[k][r] > 0;
      if (predicted_[k][r]) precision_[k][r] = static_cast<double>(hits[k][r]) / predictions[k][r];
      if (records_[r].positives > 0) recall_[k][r] = static_cast<double>(hits[k][r]) / records_[r].positives;
    }
  }
}

double SetMetrics::fmax(const std::vector<double>* weight) const {
  double best = undefined_set, labelled = 0;
  for (const auto& record : records_) labelled += record.positives > 0 ? weight_of(record, weight) : 0;
  if (labelled == 0) return undefined_set;
  for (std::size_t k = 0; k < threshold_count; ++k) {
    double precision = 0, recall = 0, predicted = 0;
    for (std::size_t r = 0; r < records_.size(); ++r) {
      const double w = weight_of(records_[r], weight);
      precision += w * precision_[k][r], recall += w * recall_[k][r], predicted += w * predicted_[k][r];
    }
    if (predicted == 0) continue;
    precision /= predicted, recall /= labelled;
    const double f = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
    if (!(f <= best)) best = f;
  }
  return best;
}

std::array<double, set_metric_count> SetMetrics::values(const std::vector<double>* weight) const {
  double answered = 0, wrong = 0, complete = 0, exact = 0;
  for (const auto& record : records_) {
    const double w = weight_of(record, weight);
    answered += w * record.answered, wrong += w * record.wrong;
    complete += w * record.complete, exact += w * (record.complete && record.wrong == 0);
  }
  return {answered > 0 ? wrong / answered : undefined_set,
          complete > 0 ? exact / complete : undefined_set, fmax(weight)};
}

}  // namespace ecg_lora::score
