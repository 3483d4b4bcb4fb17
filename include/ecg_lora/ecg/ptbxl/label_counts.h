// How often each label of a set occurs, by fold.
#pragma once

#include <array>
#include <string>

#include "ecg_lora/base/json.h"
#include "ecg_lora/ecg/ptbxl/labels.h"

namespace ecg_lora::ptbxl {

constexpr std::size_t kFolds = 10;

struct LabelCount {
  Label label;
  std::array<int, kFolds> records{};  ///< with this label, of folds 1 … 10
  int total() const;
};

struct LabelCounts {
  std::string set;
  double minimum_likelihood = 0;
  std::vector<LabelCount> labels;
  std::array<int, kFolds> labelled{},
      unlabelled{};  ///< records with and without any label, by fold
};

LabelCounts count_labels(const Database& database, const LabelSet& set, double minimum_likelihood);

/// A table for people: a line a label, a column a fold.
std::string to_text(const LabelCounts& counts);
Json to_json(const LabelCounts& counts);

/// One line a record that is kept: ecg_id, patient_id, strat_fold, then 0 or 1 for each label.
std::string label_csv(const Database& database, const LabelSet& set);

}  // namespace ecg_lora::ptbxl
