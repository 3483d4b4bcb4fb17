// The reference labels that answers are scored by: a label set over the tables of a data set, and
// what of a file of answers does not fit it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ecg_lora/ecg/ptbxl/labels.h"
#include "ecg_lora/metrics/statistics/predictions.h"
#include "ecg_lora/report/scores_report.h"

namespace ecg_lora::evaluation {

/// Where the reference labels come from, and which folds are for what.
struct ReferenceConfig {
  std::filesystem::path
      root;  ///< folder in PTB-XL's layout; may be missing where the file says all
  std::string labels;
  double minimum_likelihood = 0;
  std::vector<int> valid_folds, test_folds;
  std::filesystem::path validation =
      {};  ///< predictions of another run whose `validation_folds` choose thresholds and
           ///< calibration; empty: the file's own valid_folds
  std::vector<int> validation_folds = {9};
  std::vector<std::string> recordings = {};  ///< folders besides the root where waveforms may lie
};

/// The label set with the records by id.
class ReferenceLabels {
 public:
  /// `database` must outlive it.
  ReferenceLabels(const ptbxl::Database& database, const ReferenceConfig& config);

  const ptbxl::Database& database() const { return database_; }
  const ptbxl::LabelSet& labels() const { return labels_; }
  /// Null where the tables have no such record.
  const ptbxl::RecordInfo* record(int ecg_id) const;
  /// Place of a label in the set; empty where it is outside.
  std::optional<std::size_t> column(const std::string& label) const;
  /// Whether the benchmark's rules keep the record.
  bool kept(const ptbxl::RecordInfo& record) const { return labels_.keeps(flags(record)); }
  /// Of each label of the set, whether the record, one of the tables, has it.
  const std::vector<bool>& flags(const ptbxl::RecordInfo& record) const {
    return flags_.at(record.ecg_id);
  }
  /// Data error unless `label` is of the set or at least of the tables.
  void check_known(const std::string& label, const std::string& file) const;

 private:
  ptbxl::LabelSet labels_;
  const ptbxl::Database& database_;
  std::map<int, const ptbxl::RecordInfo*> by_id_;
  std::map<int, std::vector<bool>> flags_;
  std::map<std::string, std::size_t> column_;
};

/// Data error where `p` has another patient or fold than the tables: it would be scored in a fold
/// that is not its own. Null: not in the tables.
void check_place(const metrics::Prediction& p, const ptbxl::RecordInfo* record,
                 const std::string& where);

/// Leaves out answers to labels that are not of the set.
void keep_labels(std::vector<metrics::Prediction>& all, const ReferenceLabels& reference,
                 const std::string& file, std::vector<report::Notice>& notices);

/// Notices on records that are missing, strange, or have another reference label than the tables;
/// check_place() of each.
void check_against(const std::vector<metrics::Prediction>& all, const std::string& file,
                   const ReferenceLabels& reference, const ReferenceConfig& config,
                   std::vector<report::Notice>& notices);

/// Of an external data set: leaves out answers to a label that their record leaves open, because it
/// states something more general (LabelSet::left_open).
void leave_out_left_open(std::vector<metrics::Prediction>& all, const ReferenceLabels& reference,
                         std::vector<report::Notice>& notices);

/// Of an external data set: leaves out answers to a label that no record of the site has. Such a
/// site does not state the label, and its absence means nothing.
void leave_out_unexpressed(std::vector<metrics::Prediction>& all, const ReferenceLabels& reference,
                           std::vector<report::Notice>& notices);

bool has_fold(const std::vector<int>& folds, int fold);

/// Names that a notice shows of a long list.
constexpr std::size_t kMostNames = 12;

}  // namespace ecg_lora::evaluation
