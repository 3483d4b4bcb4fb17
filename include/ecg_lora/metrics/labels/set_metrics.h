// Metrics of a record's whole set of labels.
#pragma once

#include <array>

#include "ecg_lora/metrics/statistics/metrics.h"

namespace ecg_lora::metrics {

/// What is computed of whole sets of labels; all run from 0 to 1.
enum class SetMetric : std::size_t { hamming_loss, exact_match, fmax };
constexpr std::size_t kSetMetricCount = 3;
/// By SetMetric.
constexpr std::array<MetricInfo, kSetMetricCount> kSetMetricInfos{{
    {"hamming_loss", "Hamming loss", false,
     "share of the answered pairs of record and label that are wrong at the thresholds"},
    {"exact_match", "Exact match", true,
     "share of the records, of those with an answer to every label, whose labels are all right"},
    {"fmax", "Fmax", true,
     "highest F1 over one threshold 0, 0.01 … 1 for all labels, of the mean precision over records "
     "with a prediction and the mean recall over records with a label"},
}};

}  // namespace ecg_lora::metrics
