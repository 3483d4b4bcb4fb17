// The reference labels that answers are scored by: a label set over the tables of a data set.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/ecg/ptbxl/labels.h"

namespace ecg_lora::evaluation {

/// Where the reference labels come from, and which folds are for what.
struct ReferenceConfig {
  /// Folder in PTB-XL's layout; may be missing if the file of answers has patient, fold and
  /// reference labels itself.
  std::filesystem::path root;
  std::string labels;             ///< of the data config, as ptbxl::LabelSet takes it
  double minimum_likelihood = 0;  ///< of a statement, 0 to 100; 0 takes any
  std::vector<int> valid_folds, test_folds;
  /// Predictions of another run whose `validation_folds` choose thresholds and calibration; empty:
  /// the file's own valid_folds.
  std::filesystem::path validation = {};
  std::vector<int> validation_folds = {9};
  std::vector<std::string> recordings = {};  ///< folders besides the root that may hold waveforms
};

/// The label set with the records by id.
class ReferenceLabels {
 public:
  /// `database` must outlive it. Errors of ptbxl::LabelSet.
  ReferenceLabels(const ptbxl::Database& database, const ReferenceConfig& config);

  const ptbxl::Database& database() const { return database_; }
  const ptbxl::LabelSet& labels() const { return labels_; }
  /// Null if the tables have no such record.
  const ptbxl::RecordInfo* record(int ecg_id) const;
  /// Place of a label in the set; empty if it is outside.
  std::optional<std::size_t> column(const std::string& label) const;
  /// Whether the benchmark's rules keep the record, which must be one of the tables.
  bool kept(const ptbxl::RecordInfo& record) const { return labels_.keeps(flags(record)); }
  /// For each label of the set, whether the record, one of the tables, has it.
  const std::vector<bool>& flags(const ptbxl::RecordInfo& record) const {
    return flags_.at(record.ecg_id);
  }
  /// Data error, with the nearest label, unless `label` is of the set or at least of the tables;
  /// `file` is for the message.
  void check_known(const std::string& label, const std::string& file) const;

 private:
  ptbxl::LabelSet labels_;
  const ptbxl::Database& database_;
  std::map<int, const ptbxl::RecordInfo*> by_id_;
  std::map<int, std::vector<bool>> flags_;
  std::map<std::string, std::size_t> column_;
};

}  // namespace ecg_lora::evaluation
