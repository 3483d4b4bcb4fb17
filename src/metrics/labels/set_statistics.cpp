#include "set_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ecg_lora::metrics {
namespace {

/// How many of numpy's thresholds k / 100, of `count`, a probability reaches.
std::size_t reached(double probability, std::size_t count) {
  auto k = static_cast<std::size_t>(probability * 100) + 2;
  while (k > 0 && (k >= count || static_cast<double>(k) / 100.0 > probability)) --k;
  return k + 1;
}

const double kUndefinedSet = std::numeric_limits<double>::quiet_NaN();

/// Of one record.
struct RecordCounts {
  int answered = 0, wrong = 0, positives = 0;
  std::vector<int> hits, predictions;  ///< by threshold
};

/// The counts of each record of a table, at `count` thresholds.
std::vector<RecordCounts> counts_of(const PredictionTable& table, const Thresholds& thresholds,
                                    std::size_t count) {
  const RecordCounts none{0, 0, 0, std::vector<int>(count, 0), std::vector<int>(count, 0)};
  std::vector<RecordCounts> records(table.records.size(), none);
  for (const auto& column : table.columns) {
    const double threshold = threshold_of(thresholds, column.label);
    for (std::size_t i = 0; i < column.record.size(); ++i) {
      auto& record = records[column.record[i]];
      ++record.answered;
      record.positives += column.reference[i];
      record.wrong += (column.probability[i] >= threshold) != column.reference[i];
      for (std::size_t k = 0; k < reached(column.probability[i], count); ++k)
        ++record.predictions[k], record.hits[k] += column.reference[i];
    }
  }
  return records;
}

}  // namespace

SetStatistics::SetStatistics(const PredictionTable& table, const Thresholds& thresholds)
    : patients_(table.patients) {
  const auto records = counts_of(table, thresholds, kThresholdCount);
  const auto answered = std::count_if(table.columns.begin(), table.columns.end(),
                                      [](const LabelColumn& c) { return !c.record.empty(); });
  for (std::size_t r = 0; r < records.size(); ++r) {
    const auto& record = records[r];
    auto& patient = patients_[table.records[r].patient];
    const bool complete = record.answered == answered;
    patient.answered += record.answered, patient.wrong += record.wrong;
    patient.complete += complete, patient.exact += complete && record.wrong == 0;
    patient.labelled += record.positives > 0;
    for (std::size_t k = 0; k < kThresholdCount; ++k) {
      patient.predicted[k] += record.predictions[k] > 0;
      if (record.predictions[k] > 0)
        patient.precision[k] += static_cast<double>(record.hits[k]) / record.predictions[k];
      if (record.positives > 0)
        patient.recall[k] += static_cast<double>(record.hits[k]) / record.positives;
    }
  }
}

void SetStatistics::Sums::add(const Sums& other, double weight) {
  answered += weight * other.answered, wrong += weight * other.wrong;
  complete += weight * other.complete, exact += weight * other.exact,
      labelled += weight * other.labelled;
  for (std::size_t k = 0; k < kPaddedCount; ++k) precision[k] += weight * other.precision[k];
  for (std::size_t k = 0; k < kPaddedCount; ++k) recall[k] += weight * other.recall[k];
  for (std::size_t k = 0; k < kPaddedCount; ++k) predicted[k] += weight * other.predicted[k];
}

double SetStatistics::fmax(const Sums& sums) {
  double best = kUndefinedSet;
  if (sums.labelled == 0) return best;
  for (std::size_t k = 0; k < kThresholdCount; ++k) {
    if (sums.predicted[k] == 0) continue;
    const double precision = sums.precision[k] / sums.predicted[k],
                 recall = sums.recall[k] / sums.labelled;
    const double f = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
    if (!(f <= best)) best = f;
  }
  return best;
}

std::array<double, kSetMetricCount> SetStatistics::values(const PatientWeights* weight) const {
  Sums s;
  for (std::size_t p = 0; p < patients_.size(); ++p) {
    const double w = weight ? (*weight)[p] : 1;
    if (w != 0) s.add(patients_[p], w);
  }
  return {s.answered > 0 ? s.wrong / s.answered : kUndefinedSet,
          s.complete > 0 ? s.exact / s.complete : kUndefinedSet, fmax(s)};
}

}  // namespace ecg_lora::metrics
