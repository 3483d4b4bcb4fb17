// How often each label of a set occurs, by fold.
#pragma once

#include <array>
#include <string>

#include "ecg_lora/base/json.h"
#include "ecg_lora/ecg/ptbxl/labels.h"

namespace ecg_lora::ptbxl {

/// Folds of PTB-XL.
constexpr std::size_t kFolds = 10;

/// How often a label occurs.
struct LabelCount {
  Label label;
  std::array<int, kFolds> records{};  ///< with this label, of folds 1 … 10
  int total() const;
};

/// How often the labels of a set occur.
struct LabelCounts {
  std::string set;
  double minimum_likelihood = 0;
  std::vector<LabelCount> labels;
  std::array<int, kFolds> labelled{},
      unlabelled{};  ///< records with and without any label, by fold
};

/// Of the records of all folds; `minimum_likelihood` is that of `set`, percent, for the record.
LabelCounts count_labels(const Database& database, const LabelSet& set, double minimum_likelihood);

/// A table for people: a line per label, a column per fold.
std::string to_text(const LabelCounts& counts);
/// All counts, by label and fold.
Json to_json(const LabelCounts& counts);

/// One line per record that is kept: ecg_id, patient_id, strat_fold, then 0 or 1 for each label.
std::string label_csv(const Database& database, const LabelSet& set);

}  // namespace ecg_lora::ptbxl
