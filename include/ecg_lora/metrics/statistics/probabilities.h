// Probabilities of other models: one row per record, one column per label.
//
// CSV, or JSONL with one object per line: `ecg_id`, a probability from 0 to 1 under each label's
// name, and optionally `patient_id`, `fold` and the reference label under `<label>.gold` (0, 1,
// true or false). An empty cell (JSONL: null) is a label without an answer. Every line of a JSONL
// file has the same keys.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ecg_lora::metrics {

struct ProbabilityRow {
  std::string where;  ///< for messages: "x.csv line 7"
  int ecg_id = 0;
  std::optional<int> patient_id, fold;
  std::vector<std::optional<double>> probability;  ///< by ProbabilityTable::labels
  std::vector<std::optional<bool>> gold;           ///< reference labels, in the same order
};

struct ProbabilityTable {
  std::vector<std::string> labels;  ///< in the order of the file's columns
  std::vector<bool> has_gold;       ///< by label: the file has a column of its reference labels
  std::vector<ProbabilityRow> rows;
};

/// Data error with file and line for a record that is there twice, a number that is none or out of
/// range, a line with other keys, reference labels without probabilities, no label, or no row.
ProbabilityTable read_probabilities(const std::filesystem::path& file);

/// Whether a file holds lines of predictions.jsonl, by its name and the keys of its first line.
/// Data error if it cannot be read.
bool holds_predictions(const std::filesystem::path& file);

}  // namespace ecg_lora::metrics
