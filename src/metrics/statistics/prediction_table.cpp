#include "ecg_lora/metrics/statistics/prediction_table.h"

#include <algorithm>
#include <map>

#include "ecg_lora/base/error.h"

namespace ecg_lora::metrics {
namespace {

std::vector<ScoredRecord> records_of(const std::vector<Prediction>& predictions) {
  std::map<int, ScoredRecord> by_id;
  for (const auto& p : predictions) {
    const auto [found, fresh] =
        by_id.emplace(p.ecg_id, ScoredRecord{p.ecg_id, p.patient_id, p.fold, 0});
    if (!fresh && (found->second.patient_id != p.patient_id || found->second.fold != p.fold))
      throw_data("record ", p.ecg_id, " is of patient ", found->second.patient_id, ", fold ",
                 found->second.fold, " in one prediction and of patient ", p.patient_id, ", fold ",
                 p.fold, " in another, expected one of each; write the predictions again");
  }
  std::vector<ScoredRecord> records;
  for (const auto& [id, one] : by_id) records.push_back(one);
  return records;
}

std::size_t number_patients(std::vector<ScoredRecord>& records) {
  std::map<int, std::size_t> numbers;
  for (auto& one : records)
    one.patient = numbers.emplace(one.patient_id, numbers.size()).first->second;
  return numbers.size();
}

}  // namespace

PredictionTable make_prediction_table(const std::vector<Prediction>& predictions) {
  PredictionTable table;
  table.records = records_of(predictions);
  table.patients = number_patients(table.records);
  std::map<int, std::size_t> place;
  for (std::size_t i = 0; i < table.records.size(); ++i) place[table.records[i].ecg_id] = i;
  std::map<std::string, std::map<std::size_t, const Prediction*>> answers;
  for (const auto& p : predictions)
    if (!answers[p.label].emplace(place[p.ecg_id], &p).second)
      throw_data("label ", p.label, " of record ", p.ecg_id,
                 " is answered twice, expected once; remove one of the two");
  for (const auto& [label, of_record] : answers) {
    LabelColumn column{label, {}, {}, {}};
    for (const auto& [record, p] : of_record) {
      column.probability.push_back(p->p_yes);
      column.reference.push_back(p->gold);
      column.record.push_back(record);
    }
    table.columns.push_back(std::move(column));
  }
  return table;
}

PredictionTable with_labels(PredictionTable table, const std::vector<std::string>& labels) {
  for (const auto& label : labels) {
    const auto place = std::lower_bound(
        table.columns.begin(), table.columns.end(), label,
        [](const LabelColumn& c, const std::string& name) { return c.label < name; });
    if (place == table.columns.end() || place->label != label)
      table.columns.insert(place, {label, {}, {}, {}});
  }
  return table;
}

std::int64_t PredictionTable::unanswered() const {
  std::size_t answered = 0;
  for (const auto& column : columns) answered += column.record.size();
  return static_cast<std::int64_t>(records.size() * columns.size() - answered);
}

std::vector<std::size_t> PredictionTable::patients_of(const LabelColumn& column) const {
  std::vector<std::size_t> result;
  for (const auto record : column.record) result.push_back(records[record].patient);
  return result;
}

std::vector<Prediction> of_folds(const std::vector<Prediction>& all,
                                 const std::vector<int>& folds) {
  std::vector<Prediction> result;
  for (const auto& p : all)
    if (std::find(folds.begin(), folds.end(), p.fold) != folds.end()) result.push_back(p);
  return result;
}

}  // namespace ecg_lora::metrics
