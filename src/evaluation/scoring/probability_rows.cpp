#include "probability_rows.h"

#include <algorithm>

#include "answer_checks.h"
#include "ecg_lora/base/error.h"

namespace ecg_lora::evaluation {
namespace {

class Converter {
 public:
  Converter(const metrics::ProbabilityTable& table, const ReferenceLabels* reference)
      : table_(table), reference_(reference) {}

  std::vector<metrics::Prediction> convert(std::vector<report::Notice>& notices) {
    std::vector<metrics::Prediction> result;
    for (const auto& row : table_.rows) add(row, result);
    notices.push_back(
        {"answers_without_reference", without_reference_,
         "answers have a probability and an empty cell for the reference; they are left out"});
    notices.push_back(
        {"records_without_label", unlabelled_,
         "records of the file have no label of the set and are left out, as the benchmark does"});
    return result;
  }

 private:
  [[noreturn]] void lacks(const metrics::ProbabilityRow& row, const std::string& what) const {
    throw_data(row.where, ": ", what,
               " is not in the file, and data.root has no ptbxl_database.csv to take it from; add "
               "a column or set data.root");
  }
  /// Null without the tables.
  const ptbxl::RecordInfo* record_of(const metrics::ProbabilityRow& row) const {
    if (!reference_) return nullptr;
    const auto* record = reference_->record(row.ecg_id);
    if (!record)
      throw_data(row.where, ": record ", row.ecg_id,
                 " is not in the data set's ptbxl_database.csv, expected an ecg_id of it; remove "
                 "the line or set data.root");
    return record;
  }
  void add(const metrics::ProbabilityRow& row, std::vector<metrics::Prediction>& result) {
    const auto* record = record_of(row);
    if (!reference_ && !row.patient_id) lacks(row, "patient_id");
    if (!reference_ && !row.fold) lacks(row, "fold");
    metrics::Prediction p{row.ecg_id,
                          row.patient_id ? *row.patient_id : record->patient_id,
                          row.fold ? *row.fold : record->strat_fold,
                          "",
                          "",
                          false,
                          0};
    check_place(p, record, row.where);
    if (record &&
        std::find(table_.has_gold.begin(), table_.has_gold.end(), false) != table_.has_gold.end() &&
        !reference_->kept(*record)) {
      ++unlabelled_;
      return;
    }
    for (std::size_t l = 0; l < table_.labels.size(); ++l) {
      p.label = table_.labels[l];
      const auto gold = gold_of(row, record, l);
      if (row.probability[l] && !gold) ++without_reference_;
      if (!row.probability[l] || !gold) continue;
      p.p_yes = *row.probability[l];
      p.gold = *gold;
      result.push_back(p);
    }
  }
  std::optional<bool> gold_of(const metrics::ProbabilityRow& row, const ptbxl::RecordInfo* record,
                              std::size_t l) const {
    if (table_.has_gold[l]) return row.gold[l];
    if (!record) lacks(row, "the reference (" + table_.labels[l] + ".gold)");
    const auto column = reference_->column(table_.labels[l]);
    if (!column) return false;  // outside the set: left out and counted afterwards
    return reference_->flags(*record)[*column];
  }

  const metrics::ProbabilityTable& table_;
  const ReferenceLabels* reference_;
  std::int64_t without_reference_ = 0, unlabelled_ = 0;
};

}  // namespace

std::vector<metrics::Prediction> to_predictions(const metrics::ProbabilityTable& table,
                                                const ReferenceLabels* reference,
                                                std::vector<report::Notice>& notices) {
  return Converter(table, reference).convert(notices);
}

}  // namespace ecg_lora::evaluation
