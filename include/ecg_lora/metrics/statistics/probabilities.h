// Probabilities of other models: one row a record, one column a label.
//
// CSV, or JSONL with one object a line: `ecg_id`, a probability from 0 to 1 under each label's
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
  std::string where;  ///< "x.csv line 7"
  int ecg_id = 0;
  std::optional<int> patient_id, fold;
  std::vector<std::optional<double>> probability;  ///< one a label
  std::vector<std::optional<bool>> gold;           ///< one a label
};

struct ProbabilityTable {
  std::vector<std::string> labels;
  std::vector<bool> has_gold;  ///< one a label: the file has a column of its reference
  std::vector<ProbabilityRow> rows;
};

/// Data error with file and line for a record that is there twice, a number that is none or out of
/// range, a line with other keys, a reference without probabilities, no label, no row.
ProbabilityTable read_probabilities(const std::filesystem::path& file);

/// Whether a file holds lines of predictions.jsonl, told by its name and the keys of its first
/// line.
bool holds_predictions(const std::filesystem::path& file);

}  // namespace ecg_lora::metrics
