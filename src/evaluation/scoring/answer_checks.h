// What of a file of answers does not fit the reference labels.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ecg_lora/evaluation/scoring/reference_labels.h"
#include "ecg_lora/metrics/statistics/predictions.h"
#include "ecg_lora/report/scores_report.h"

namespace ecg_lora::evaluation {

/// Data error if `p` has another patient or fold than the tables: it would be scored in a fold that
/// is not its own. `record` is null if the tables lack it; `where` is for the message.
void check_place(const metrics::Prediction& p, const ptbxl::RecordInfo* record,
                 const std::string& where);

/// Leaves out answers to labels that are not of the set.
void keep_labels(std::vector<metrics::Prediction>& all, const ReferenceLabels& reference,
                 const std::string& file, std::vector<report::Notice>& notices);

/// Notices on records that are missing, not in the tables, or have another reference label than the
/// tables; check_place() of each.
void check_against(const std::vector<metrics::Prediction>& all, const std::string& file,
                   const ReferenceLabels& reference, const ReferenceConfig& config,
                   std::vector<report::Notice>& notices);

/// For an external data set: leaves out answers to a label that their record leaves open, because
/// it states something more general (LabelSet::left_open).
void leave_out_left_open(std::vector<metrics::Prediction>& all, const ReferenceLabels& reference,
                         std::vector<report::Notice>& notices);

/// For an external data set: leaves out answers to a label that no record of the site has. Such a
/// site does not state the label, and its absence means nothing.
void leave_out_unexpressed(std::vector<metrics::Prediction>& all, const ReferenceLabels& reference,
                           std::vector<report::Notice>& notices);

bool has_fold(const std::vector<int>& folds, int fold);

/// Names that a notice shows of a long list.
constexpr std::size_t kMaxNames = 12;

}  // namespace ecg_lora::evaluation
