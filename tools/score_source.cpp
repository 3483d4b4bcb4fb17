#include "score_source.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/suggest.h"
#include "ecg_lora/score/probabilities.h"

namespace ecg_lora::tools {
namespace {

bool in(const std::vector<int>& folds, int fold) { return std::find(folds.begin(), folds.end(), fold) != folds.end(); }

std::string listed_folds(const std::vector<int>& folds) {
  std::string text;
  for (const int fold : folds) text += (text.empty() ? "" : ", ") + std::to_string(fold);
  return text;
}

std::string listed(const std::set<std::string>& names) {
  constexpr std::size_t shown = 12;
  std::string text;
  std::size_t count = 0;
  for (const auto& name : names)
    if (count++ < shown) text += (text.empty() ? "" : ", ") + name;
  return count > shown ? cat(text, " and ", count - shown, " more") : text;
}

/// The label set with the records by id.
class Truth {
 public:
  Truth(const ptbxl::Database& database, const TruthConfig& config) : labels_(database, config.labels, config.minimum_likelihood), database_(database) {
    for (const auto& record : database.records) by_id_[record.ecg_id] = &record;
    for (std::size_t l = 0; l < labels_.labels().size(); ++l) column_[labels_.labels()[l].name] = l;
  }

  const ptbxl::RecordInfo* record(int ecg_id) const {
    const auto found = by_id_.find(ecg_id);
    return found == by_id_.end() ? nullptr : found->second;
  }
  std::optional<std::size_t> column(const std::string& label) const {
    const auto found = column_.find(label);
    return found == column_.end() ? std::nullopt : std::optional(found->second);
  }
  const ptbxl::LabelSet& labels() const { return labels_; }
  /// Records that the benchmark's rules keep.
  bool kept(const ptbxl::RecordInfo& record) const {
    return labels_.keeps(labels_.of(record));
  }
  /// A label that is outside the set must at least be one of the tables.
  void check_known(const std::string& label, const std::string& file) const {
    if (column(label) || database_.statement(label) != nullptr) return;
    std::vector<std::string> known;
    for (const auto& one : labels_.labels()) known.push_back(one.name);
    for (const auto& statement : database_.statements) {
      if (label == statement.diagnostic_class || label == statement.diagnostic_subclass) return;
      known.push_back(statement.code);
    }
    throw_data(file, ": unknown label ", label, ", expected one of set '", labels_.name(), "' or an SCP code; the nearest is ", nearest(label, known));
  }

 private:
  ptbxl::LabelSet labels_;
  const ptbxl::Database& database_;
  std::map<int, const ptbxl::RecordInfo*> by_id_;
  std::map<std::string, std::size_t> column_;
};

/// A record that is elsewhere in the table would be scored in a fold that is not its own.
void check_place(const score::Prediction& p, const ptbxl::RecordInfo* record, const std::string& where) {
  if (!record || (p.patient_id == record->patient_id && p.fold == record->strat_fold)) return;
  throw_data(where, ": record ", p.ecg_id, " is of patient ", p.patient_id, ", fold ", p.fold, ", expected patient ", record->patient_id, ", fold ", record->strat_fold,
             " as in the data set's table; mend the file or set data.root");
}

/// Turns rows of probabilities into predictions; the file's own truths, patients and folds come first.
class Converter {
 public:
  Converter(const score::ProbabilityTable& table, const Truth* truth, std::string file) : table_(table), truth_(truth), file_(std::move(file)) {}

  std::vector<score::Prediction> convert(std::vector<report::Remark>& remarks) {
    std::vector<score::Prediction> result;
    for (const auto& row : table_.rows) add(row, result);
    remarks.push_back({"answers_without_truth", without_truth_, "answers have a probability and an empty cell for the truth; they are left out"});
    remarks.push_back({"records_without_label", unlabelled_, "records of the file have no label of the set and are left out, as the benchmark does"});
    return result;
  }

 private:
  [[noreturn]] void lacks(const score::ProbabilityRow& row, const std::string& what) const {
    throw_data(row.where, ": ", what, " is not in the file, and data.root has no ptbxl_database.csv to take it from; add a column or set data.root");
  }
  void add(const score::ProbabilityRow& row, std::vector<score::Prediction>& result) {
    const auto* record = truth_ ? truth_->record(row.ecg_id) : nullptr;
    if (truth_ && !record) throw_data(row.where, ": record ", row.ecg_id, " is not in the data set's ptbxl_database.csv, expected an ecg_id of it; remove the line or set data.root");
    if (!truth_ && !row.patient_id) lacks(row, "patient_id");
    if (!truth_ && !row.fold) lacks(row, "fold");
    score::Prediction p{row.ecg_id, row.patient_id ? *row.patient_id : record->patient_id, row.fold ? *row.fold : record->strat_fold, "", "", false, 0};
    check_place(p, record, row.where);
    if (record && std::find(table_.has_gold.begin(), table_.has_gold.end(), false) != table_.has_gold.end() && !truth_->kept(*record)) {
      ++unlabelled_;
      return;
    }
    for (std::size_t l = 0; l < table_.labels.size(); ++l) {
      p.label = table_.labels[l];
      const auto gold = gold_of(row, record, l);
      if (row.probability[l] && !gold) ++without_truth_;
      if (!row.probability[l] || !gold) continue;
      p.p_yes = *row.probability[l];
      p.gold = *gold;
      result.push_back(p);
    }
  }
  std::optional<bool> gold_of(const score::ProbabilityRow& row, const ptbxl::RecordInfo* record, std::size_t l) const {
    if (table_.has_gold[l]) return row.gold[l];
    if (!record) lacks(row, "the truth (" + table_.labels[l] + ".gold)");
    const auto column = truth_->column(table_.labels[l]);
    if (!column) return false;  // outside the set: left out and counted afterwards
    return truth_->labels().of(*record)[*column];
  }

  const score::ProbabilityTable& table_;
  const Truth* truth_;
  std::string file_;
  std::int64_t without_truth_ = 0, unlabelled_ = 0;
};

/// Leaves out labels that are not of the set.
void keep_labels(std::vector<score::Prediction>& all, const Truth& truth, const std::string& file, std::vector<report::Remark>& remarks) {
  std::set<std::string> outside, answered;
  for (const auto& p : all) answered.insert(p.label);
  for (const auto& label : answered) {
    truth.check_known(label, file);
    if (!truth.column(label)) outside.insert(label);
  }
  const auto left_out = std::erase_if(all, [&](const score::Prediction& p) { return outside.count(p.label) > 0; });
  remarks.push_back({"answers_outside_labels", static_cast<std::int64_t>(left_out), "answers are to labels outside the set '" + truth.labels().name() + "' and left out: " + listed(outside)});
  std::set<std::string> missing;
  for (const auto& label : truth.labels().labels())
    if (answered.count(label.name) == 0) missing.insert(label.name);
  remarks.push_back({"labels_without_answers", static_cast<std::int64_t>(missing.size()), "labels of the set '" + truth.labels().name() + "' have no answer and are not scored: " + listed(missing)});
}

/// Records that are missing or of other folds than in the table (an error), and truths that are not those of the table.
void check_against(const std::vector<score::Prediction>& all, const std::string& file, const Truth& truth, const ptbxl::Database& database, const TruthConfig& config, std::vector<report::Remark>& remarks) {
  std::set<int> answered, strangers;
  std::int64_t other_truth = 0;
  for (const auto& p : all) {
    answered.insert(p.ecg_id);
    const auto* record = truth.record(p.ecg_id);
    check_place(p, record, file);
    if (!record) strangers.insert(p.ecg_id);
    const auto column = truth.column(p.label);
    if (record && column) other_truth += truth.labels().of(*record)[*column] != p.gold;
  }
  std::int64_t missing_test = 0, missing_valid = 0;
  for (const auto& record : database.records) {
    if (answered.count(record.ecg_id) > 0 || !truth.kept(record)) continue;
    missing_test += in(config.test_folds, record.strat_fold);
    missing_valid += in(config.valid_folds, record.strat_fold);
  }
  remarks.push_back({"test_records_missing", missing_test, "records of the test folds have no prediction; the scores are not those of the whole folds"});
  remarks.push_back({"validation_records_missing", missing_valid, "records of the validation folds have no prediction; they have no say in thresholds and calibration"});
  remarks.push_back({"records_not_in_table", static_cast<std::int64_t>(strangers.size()), "records with predictions are not in the data set's table; they are scored by the truth that the file gives"});
  remarks.push_back({"truths_unlike_table", other_truth, "answers have a truth that is not the table's; the file's counts"});
}

/// Of an external data set: answers to a label that no record of the site has. Such a site does not state the label, and its absence means nothing.
void leave_out_unexpressed(std::vector<score::Prediction>& all, const Truth& truth, const ptbxl::Database& database, std::vector<report::Remark>& remarks) {
  const auto& labels = truth.labels().labels();
  std::map<std::string, std::vector<bool>> stated;
  for (const auto& record : database.records) {
    const auto flags = truth.labels().of(record);
    auto& of_site = stated.try_emplace(record.site, std::vector<bool>(labels.size(), false)).first->second;
    for (std::size_t l = 0; l < flags.size(); ++l) of_site[l] = of_site[l] || flags[l];
  }
  std::set<std::string> names;
  for (const auto& [site, of_site] : stated)
    for (std::size_t l = 0; l < labels.size(); ++l)
      if (!of_site[l]) names.insert(labels[l].name + " of " + site);
  const auto left_out = std::erase_if(all, [&](const score::Prediction& p) {
    const auto* record = truth.record(p.ecg_id);
    const auto column = truth.column(p.label);
    return record && column && !stated.at(record->site)[*column];
  });
  remarks.push_back({"answers_to_labels_not_expressed", static_cast<std::int64_t>(left_out), "answers are to labels that a site states of no record, and left out, not counted as negative: " + listed(names)});
}

void keep_some(std::vector<score::Prediction>& all, int limit) {
  std::set<int> ids;
  for (const auto& p : all) ids.insert(p.ecg_id);
  for (auto& p : all) p.sample = limit;
  const std::vector<int> order(ids.begin(), ids.end());
  const auto wanted = static_cast<std::size_t>(limit);
  if (wanted >= order.size()) return;
  std::set<int> kept;
  for (std::size_t i = 0; i < wanted; ++i) kept.insert(order[i * order.size() / wanted]);
  std::erase_if(all, [&](const score::Prediction& p) { return kept.count(p.ecg_id) == 0; });
}

std::vector<score::Prediction> read_answers(const std::filesystem::path& file, const Truth* truth, ScoreInput& input) {
  if (score::holds_predictions(file)) return score::read_predictions(file);
  input.keep = true;
  input.score = "probabilities of " + file.filename().string();
  const auto table = score::read_probabilities(file);
  if (truth)
    for (const auto& label : table.labels) truth->check_known(label, file.string());
  return Converter(table, truth, file.string()).convert(input.remarks);
}

}  // namespace

/// Thresholds and calibration from another run's answers, as of the data set that a model was trained on.
void take_validation(std::vector<score::Prediction>& all, const TruthConfig& config, std::vector<report::Remark>& remarks) {
  std::erase_if(all, [&](const auto& p) { return !in(config.test_folds, p.fold); });
  auto other = score::of_folds(score::read_predictions(config.validation), config.validation_folds);
  if (other.empty()) throw_data(config.validation.string(), " holds no prediction of folds ", listed_folds(config.validation_folds), ", expected those that choose thresholds; set score.validation_folds");
  std::set<std::string> asked, chosen;
  for (const auto& p : all) asked.insert(p.label);
  for (const auto& p : other) chosen.insert(p.label);
  std::set<std::string> missing;
  std::set_difference(asked.begin(), asked.end(), chosen.begin(), chosen.end(), std::inserter(missing, missing.end()));
  remarks.push_back({"labels_without_validation", static_cast<std::int64_t>(missing.size()), "labels have no answer in score.validation: their threshold is 0.5, and they are not calibrated: " + listed(missing)});
}

ScoreInput load_score_input(const std::filesystem::path& file, const TruthConfig& config, int limit) {
  ScoreInput input;
  input.score = report::Provenance{}.score;
  std::optional<Truth> truth;
  if (std::filesystem::exists(config.root / "ptbxl_database.csv")) {
    input.database = ptbxl::load_database(config.root);
    truth.emplace(*input.database, config);
    input.divisions = divisions_of(*input.database);
  }
  auto all = read_answers(file, truth ? &*truth : nullptr, input);
  for (const auto& p : all) input.sample = std::max(input.sample, p.sample);
  if (truth) {
    keep_labels(all, *truth, file.string(), input.remarks);
    check_against(all, file.string(), *truth, *input.database, config, input.remarks);
    if (std::filesystem::exists(config.root / "external.json")) leave_out_unexpressed(all, *truth, *input.database, input.remarks);
  }
  if (!config.validation.empty()) take_validation(all, config, input.remarks);
  std::set<int> elsewhere;
  for (const auto& p : all)
    if (!in(config.valid_folds, p.fold) && !in(config.test_folds, p.fold)) elsewhere.insert(p.ecg_id);
  input.remarks.push_back({"records_of_other_folds", static_cast<std::int64_t>(elsewhere.size()), "records of the file are of folds that are neither validation nor test; they are left out"});
  if (limit > 0) keep_some(all, limit), input.sample = limit, input.keep = true;
  input.validation = config.validation.empty() ? score::of_folds(all, config.valid_folds) : score::of_folds(score::read_predictions(config.validation), config.validation_folds);
  input.test = score::of_folds(all, config.test_folds);
  return input;
}

}  // namespace ecg_lora::tools
