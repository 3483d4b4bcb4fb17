// What ecg-lora eval scores: predictions or probabilities from a file, joined with the tables of
// the data set.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/ecg/ptbxl/database.h"
#include "ecg_lora/evaluation/scoring/reference_labels.h"
#include "ecg_lora/metrics/labels/subgroups.h"
#include "ecg_lora/report/scores_report.h"

namespace ecg_lora::evaluation {

struct ScoreInput {
  std::vector<metrics::Prediction> validation, test;
  std::vector<report::Notice> notices;       ///< everything that was left out or is missing
  std::vector<metrics::Grouping> groupings;  ///< none without the tables
  std::string score;                         ///< what the probabilities are, in words
  int sample = 0;                            ///< --limit of the predictions; 0 if they are whole
  std::optional<ptbxl::Database> database;   ///< empty if `root` has none
  /// The file is not a predictions.jsonl of its own yet: it was another model's, or a sample was
  /// taken.
  bool keep = false;
};

/// Reads predictions.jsonl or probabilities of another model, and splits them by fold. `limit`
/// keeps that many records, evenly spread; 0 all. Data error that names the culprit for an unknown
/// label or record, a duplicate, a reference label that is nowhere, or a validation run without
/// answers of its folds. The test folds may be empty.
ScoreInput load_score_input(const std::filesystem::path& file, const ReferenceConfig& config,
                            int limit);

/// Groups by sex, age, site, device and signal quality.
std::vector<metrics::Grouping> groupings_of(const ptbxl::Database& database);

}  // namespace ecg_lora::evaluation
