#include "ecg_lora/evaluation/scoring/reference_labels.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/suggest.h"

namespace ecg_lora::evaluation {

ReferenceLabels::ReferenceLabels(const ptbxl::Database& database, const ReferenceConfig& config)
    : labels_(database, config.labels, config.minimum_likelihood), database_(database) {
  for (const auto& record : database.records) {
    by_id_[record.ecg_id] = &record;
    flags_[record.ecg_id] = labels_.of(record);
  }
  for (std::size_t l = 0; l < labels_.labels().size(); ++l) column_[labels_.labels()[l].name] = l;
}

const ptbxl::RecordInfo* ReferenceLabels::record(int ecg_id) const {
  const auto found = by_id_.find(ecg_id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::optional<std::size_t> ReferenceLabels::column(const std::string& label) const {
  const auto found = column_.find(label);
  return found == column_.end() ? std::nullopt : std::optional(found->second);
}

void ReferenceLabels::check_known(const std::string& label, const std::string& file) const {
  if (column(label) || database_.statement(label) != nullptr) return;
  std::vector<std::string> known;
  for (const auto& one : labels_.labels()) known.push_back(one.name);
  for (const auto& statement : database_.statements) {
    if (label == statement.diagnostic_class || label == statement.diagnostic_subclass) return;
    known.push_back(statement.code);
  }
  throw_data(file, ": unknown label ", label, ", expected one of set '", labels_.name(),
             "' or an SCP code; the nearest is ", nearest(label, known));
}

}  // namespace ecg_lora::evaluation
