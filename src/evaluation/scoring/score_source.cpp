#include "score_source.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "answer_checks.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/metrics/statistics/probabilities.h"
#include "probability_rows.h"

namespace ecg_lora::evaluation {
namespace {

void keep_some(std::vector<metrics::Prediction>& all, int limit) {
  std::set<int> ids;
  for (const auto& p : all) ids.insert(p.ecg_id);
  for (auto& p : all) p.sample = limit;
  const std::vector<int> order(ids.begin(), ids.end());
  const auto wanted = static_cast<std::size_t>(limit);
  if (wanted >= order.size()) return;
  std::set<int> kept;
  for (std::size_t i = 0; i < wanted; ++i) kept.insert(order[i * order.size() / wanted]);
  std::erase_if(all, [&](const metrics::Prediction& p) { return kept.count(p.ecg_id) == 0; });
}

std::vector<metrics::Prediction> read_answers(const std::filesystem::path& file,
                                              const ReferenceLabels* reference, ScoreInput& input) {
  if (metrics::holds_predictions(file)) return metrics::read_predictions(file);
  input.keep = true;
  input.score = "probabilities of " + file.filename().string();
  const auto table = metrics::read_probabilities(file);
  if (reference)
    for (const auto& label : table.labels) reference->check_known(label, file.string());
  return to_predictions(table, reference, input.notices);
}

/// Another run's answers that choose thresholds and calibration, as of the data set that a model
/// was trained on; `all` keeps the test folds.
std::vector<metrics::Prediction> take_validation(std::vector<metrics::Prediction>& all,
                                                 const ReferenceConfig& config,
                                                 std::vector<report::Notice>& notices) {
  std::erase_if(all, [&](const auto& p) { return !has_fold(config.test_folds, p.fold); });
  auto other =
      metrics::of_folds(metrics::read_predictions(config.validation), config.validation_folds);
  if (other.empty())
    throw_data(config.validation.string(), " holds no prediction of folds ",
               joined(config.validation_folds),
               ", expected those that choose thresholds; set score.validation_folds");
  std::set<std::string> asked, chosen;
  for (const auto& p : all) asked.insert(p.label);
  for (const auto& p : other) chosen.insert(p.label);
  std::set<std::string> missing;
  std::set_difference(asked.begin(), asked.end(), chosen.begin(), chosen.end(),
                      std::inserter(missing, missing.end()));
  notices.push_back({"labels_without_validation", static_cast<std::int64_t>(missing.size()),
                     "labels have no answer in score.validation: their threshold is 0.5, and they "
                     "are not calibrated: " +
                         joined_at_most(kMaxNames, missing)});
  return other;
}

report::Notice other_folds(const std::vector<metrics::Prediction>& all,
                           const ReferenceConfig& config) {
  std::set<int> elsewhere;
  for (const auto& p : all)
    if (!has_fold(config.valid_folds, p.fold) && !has_fold(config.test_folds, p.fold))
      elsewhere.insert(p.ecg_id);
  return {"records_of_other_folds", static_cast<std::int64_t>(elsewhere.size()),
          "records of the file are of folds that are neither validation nor test; they are left "
          "out"};
}

}  // namespace

ScoreInput load_score_input(const std::filesystem::path& file, const ReferenceConfig& config,
                            int limit) {
  ScoreInput input;
  input.score = report::Provenance{}.score;
  std::optional<ReferenceLabels> reference;
  if (std::filesystem::exists(config.root / "ptbxl_database.csv")) {
    input.database = ptbxl::load_database(config.root, config.recordings);
    reference.emplace(*input.database, config);
    input.groupings = groupings_of(*input.database);
  }
  auto all = read_answers(file, reference ? &*reference : nullptr, input);
  for (const auto& p : all) input.sample = std::max(input.sample, p.sample);
  if (reference) {
    keep_labels(all, *reference, file.string(), input.notices);
    check_against(all, file.string(), *reference, config, input.notices);
    if (std::filesystem::exists(config.root / "external.json")) {
      leave_out_left_open(all, *reference, input.notices);
      leave_out_unexpressed(all, *reference, input.notices);
    }
  }
  if (!config.validation.empty()) input.validation = take_validation(all, config, input.notices);
  input.notices.push_back(other_folds(all, config));
  if (limit > 0) keep_some(all, limit), input.sample = limit, input.keep = true;
  if (config.validation.empty()) input.validation = metrics::of_folds(all, config.valid_folds);
  input.test = metrics::of_folds(all, config.test_folds);
  return input;
}

}  // namespace ecg_lora::evaluation
