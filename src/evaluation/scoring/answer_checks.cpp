#include "answer_checks.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"

namespace ecg_lora::evaluation {

bool has_fold(const std::vector<int>& folds, int fold) {
  return std::find(folds.begin(), folds.end(), fold) != folds.end();
}

void check_place(const metrics::Prediction& p, const ptbxl::RecordInfo* record,
                 const std::string& where) {
  if (!record || (p.patient_id == record->patient_id && p.fold == record->strat_fold)) return;
  throw_data(where, ": record ", p.ecg_id, " is of patient ", p.patient_id, ", fold ", p.fold,
             ", expected patient ", record->patient_id, ", fold ", record->strat_fold,
             " as in the data set's table; correct the file or set data.root");
}

void keep_labels(std::vector<metrics::Prediction>& all, const ReferenceLabels& reference,
                 const std::string& file, std::vector<report::Notice>& notices) {
  std::set<std::string> outside, answered;
  for (const auto& p : all) answered.insert(p.label);
  for (const auto& label : answered) {
    reference.check_known(label, file);
    if (!reference.column(label)) outside.insert(label);
  }
  const auto left_out =
      std::erase_if(all, [&](const metrics::Prediction& p) { return outside.count(p.label) > 0; });
  notices.push_back({"answers_outside_labels", static_cast<std::int64_t>(left_out),
                     "answers are to labels outside the set '" + reference.labels().name() + "'" +
                         (ptbxl::listed_labels(reference.labels().name()).empty()
                              ? ", of those that this data set states,"
                              : "") +
                         " and left out: " + joined_at_most(kMaxNames, outside)});
  const auto& unstated = reference.labels().unstated();
  notices.push_back(
      {"labels_never_stated", static_cast<std::int64_t>(unstated.size()),
       "labels are stated of no record of the data set, and their scores are undefined: " +
           joined_at_most(kMaxNames, unstated)});
  std::set<std::string> missing;
  for (const auto& label : reference.labels().labels())
    if (answered.count(label.name) == 0) missing.insert(label.name);
  notices.push_back(
      {"labels_without_answers", static_cast<std::int64_t>(missing.size()),
       "labels of the set '" + reference.labels().name() +
           "' have no answer and are not scored: " + joined_at_most(kMaxNames, missing)});
}

void check_against(const std::vector<metrics::Prediction>& all, const std::string& file,
                   const ReferenceLabels& reference, const ReferenceConfig& config,
                   std::vector<report::Notice>& notices) {
  std::set<int> answered, strangers;
  std::int64_t other_reference = 0;
  for (const auto& p : all) {
    answered.insert(p.ecg_id);
    const auto* record = reference.record(p.ecg_id);
    check_place(p, record, file);
    if (!record) strangers.insert(p.ecg_id);
    const auto column = reference.column(p.label);
    if (record && column) other_reference += reference.flags(*record)[*column] != p.gold;
  }
  std::int64_t missing_test = 0, missing_valid = 0;
  for (const auto& record : reference.database().records) {
    if (answered.count(record.ecg_id) > 0 || !reference.kept(record)) continue;
    missing_test += has_fold(config.test_folds, record.strat_fold);
    missing_valid += has_fold(config.valid_folds, record.strat_fold);
  }
  notices.push_back({"test_records_missing", missing_test,
                     "records of the test folds have no prediction; the scores are not those of "
                     "the whole folds"});
  notices.push_back({"validation_records_missing", missing_valid,
                     "records of the validation folds have no prediction; they have no say in "
                     "thresholds and calibration"});
  notices.push_back({"records_not_in_table", static_cast<std::int64_t>(strangers.size()),
                     "records with predictions are not in the data set's table; they are scored by "
                     "the reference that the file gives"});
  notices.push_back({"references_unlike_table", other_reference,
                     "answers have a reference that is not the table's; the file's counts"});
}

void leave_out_left_open(std::vector<metrics::Prediction>& all, const ReferenceLabels& reference,
                         std::vector<report::Notice>& notices) {
  std::map<int, std::vector<bool>> open;
  std::set<std::string> names;
  const auto left_out = std::erase_if(all, [&](const metrics::Prediction& p) {
    const auto* record = reference.record(p.ecg_id);
    const auto column = reference.column(p.label);
    if (!record || !column) return false;
    const auto [found, fresh] = open.try_emplace(p.ecg_id);
    if (fresh) found->second = reference.labels().left_open(*record);
    if (found->second[*column]) names.insert(p.label);
    return found->second[*column] == true;
  });
  notices.push_back({"answers_left_open", static_cast<std::int64_t>(left_out),
                     "answers are to labels that a more general statement of their record leaves "
                     "open, and left out, not counted as negative: " +
                         joined_at_most(kMaxNames, names)});
}

void leave_out_unexpressed(std::vector<metrics::Prediction>& all, const ReferenceLabels& reference,
                           std::vector<report::Notice>& notices) {
  const auto& labels = reference.labels().labels();
  std::map<std::string, std::vector<bool>> stated;
  for (const auto& record : reference.database().records) {
    const auto& flags = reference.flags(record);
    auto& of_site =
        stated.try_emplace(record.site, std::vector<bool>(labels.size(), false)).first->second;
    for (std::size_t l = 0; l < flags.size(); ++l) of_site[l] = of_site[l] || flags[l];
  }
  std::set<std::string> names;
  for (const auto& [site, of_site] : stated)
    for (std::size_t l = 0; l < labels.size(); ++l)
      if (!of_site[l]) names.insert(labels[l].name + " of " + site);
  const auto left_out = std::erase_if(all, [&](const metrics::Prediction& p) {
    const auto* record = reference.record(p.ecg_id);
    const auto column = reference.column(p.label);
    return record && column && !stated.at(record->site)[*column];
  });
  notices.push_back({"answers_to_labels_not_expressed", static_cast<std::int64_t>(left_out),
                     "answers are to labels that a site states of no record, and left out, not "
                     "counted as negative: " +
                         joined_at_most(kMaxNames, names)});
}

}  // namespace ecg_lora::evaluation
