// Metrics of a record's whole set of labels.
#pragma once

#include <vector>

#include "ecg_lora/score/metrics.h"
#include "ecg_lora/score/table.h"
#include "ecg_lora/score/thresholds.h"

namespace ecg_lora::score {

enum class SetMetric : std::size_t { hamming_loss, exact_match, fmax };
constexpr std::size_t set_metric_count = 3;
constexpr std::array<MetricInfo, set_metric_count> set_metric_infos{{
    {"hamming_loss", "Hamming loss", false, "share of the answered pairs of record and label that are wrong at the thresholds"},
    {"exact_match", "Exact match", true, "share of the records, of those with an answer to every label, whose labels are all right"},
    {"fmax", "Fmax", true, "highest F1 over one threshold 0, 0.01 … 1 for all labels, of the mean precision over records with a prediction and the mean recall over records with a label"},
}};

/// The sums over records are prepared once, so that a resample costs no pass over labels.
class SetMetrics {
 public:
  SetMetrics(const Table& table, const Thresholds& thresholds);
  /// One value a SetMetric, NaN where undefined; `weight` of each patient.
  std::array<double, set_metric_count> values(const std::vector<double>* weight) const;

 private:
  struct Record {
    std::size_t patient = 0;
    int answered = 0, wrong = 0, positives = 0;
    bool complete = false;  ///< every label has an answer
  };
  double fmax(const std::vector<double>* weight) const;
  double weight_of(const Record& record, const std::vector<double>* weight) const {
    return weight ? (*weight)[record.patient] : 1;
  }

  std::vector<Record> records_;
  /// [threshold][record]; precision is 0 without a prediction, and `predicted` says so. Recall is 0 without a label.
  std::vector<std::vector<double>> precision_, recall_;
  std::vector<std::vector<char>> predicted_;
};

}  // namespace ecg_lora::score
