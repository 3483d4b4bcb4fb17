#include "linear_baseline.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <set>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/parallel.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/ecg/features/trace_features.h"
#include "ecg_lora/metrics/statistics/logistic.h"

namespace ecg_lora::evaluation {
namespace {

using Features = std::vector<std::optional<double>>;
using Records = std::vector<const ptbxl::RecordInfo*>;

bool at_hand(const ptbxl::Database& database, const ptbxl::RecordInfo& record, int rate) {
  return std::filesystem::exists(database.waveform(record, rate).string() + ".hea");
}

/// Recordings of the train folds that are there and that the label set keeps.
Records to_train_on(const ptbxl::Database& database, const ptbxl::LabelSet& labels,
                    const LinearConfig& config) {
  Records all;
  for (const auto& record : database.records) {
    if (labels.keeps(labels.of(record)) &&
        std::count(config.train_folds.begin(), config.train_folds.end(), record.strat_fold) > 0 &&
        at_hand(database, record, config.sampling_rate))
      all.push_back(&record);
  }
  const auto most = static_cast<std::size_t>(config.records);
  if (most == 0 || all.size() <= most) return all;
  Records some;
  for (std::size_t i = 0; i < most; ++i) some.push_back(all[i * all.size() / most]);
  return some;
}

/// Recordings of the predictions; nothing where one is not at hand.
std::optional<Records> to_predict(const ptbxl::Database& database, const ScoreInput& input,
                                  int rate) {
  std::map<int, const ptbxl::RecordInfo*> by_id;
  for (const auto& record : database.records) by_id[record.ecg_id] = &record;
  std::set<int> ids;
  for (const auto* part : {&input.validation, &input.test})
    for (const auto& p : *part) ids.insert(p.ecg_id);
  Records records;
  for (const int id : ids) {
    const auto found = by_id.find(id);
    if (found == by_id.end() || !at_hand(database, *found->second, rate)) return std::nullopt;
    records.push_back(found->second);
  }
  return records;
}

std::vector<Features> measured(const ptbxl::Database& database, const Records& records, int rate,
                               Progress& progress, std::atomic<std::int64_t>& unreadable) {
  std::vector<Features> rows(records.size());
  parallel_for(records.size(), 0, [&](std::size_t i) {
    try {
      rows[i] = features::trace_features(wfdb::read_record(database.waveform(*records[i], rate)));
    } catch (const Error&) {
      rows[i].assign(features::trace_feature_names().size(), std::nullopt);
      ++unreadable;
    }
    progress.advance();
  });
  return rows;
}

/// The pairs of `predictions` with the probabilities of the linear models instead.
metrics::PredictionTable answered(std::vector<metrics::Prediction> predictions,
                                  const std::map<std::string, metrics::Logistic>& models,
                                  const std::map<int, std::vector<double>>& rows) {
  std::erase_if(predictions, [&](const auto& p) { return models.count(p.label) == 0; });
  for (auto& p : predictions) p.p_yes = models.at(p.label).probability(rows.at(p.ecg_id));
  return metrics::make_prediction_table(predictions);
}

std::map<std::string, metrics::Logistic> fit(const metrics::Matrix& rows, const Records& records,
                                             const ptbxl::LabelSet& labels,
                                             const std::set<std::string>& wanted) {
  std::vector<std::vector<bool>> flags;
  for (const auto* record : records) flags.push_back(labels.of(*record));
  std::vector<metrics::Logistic> models(labels.labels().size());
  parallel_for(models.size(), 0, [&](std::size_t l) {
    if (wanted.count(labels.labels()[l].name) == 0) return;
    std::vector<bool> reference;
    for (const auto& one : flags) reference.push_back(one[l]);
    models[l] = metrics::fit_logistic(rows, reference);
  });
  std::map<std::string, metrics::Logistic> result;
  for (std::size_t l = 0; l < models.size(); ++l)
    if (wanted.count(labels.labels()[l].name) > 0)
      result[labels.labels()[l].name] = std::move(models[l]);
  return result;
}

metrics::Baseline fitted_baseline(const ScoreInput& input, const ptbxl::LabelSet& labels,
                                  const Records& train, const Records& asked, int rate,
                                  const metrics::ThresholdRule& rule,
                                  std::atomic<std::int64_t>& unreadable) {
  const auto& database = *input.database;
  Progress progress("measuring for the linear baseline",
                    static_cast<std::int64_t>(train.size() + asked.size()), "recordings");
  const auto features = measured(database, train, rate, progress, unreadable),
             asked_features = measured(database, asked, rate, progress, unreadable);
  const metrics::Standardizer standardizer(features);
  metrics::Matrix rows;
  for (const auto& row : features) rows.push_back(standardizer.apply(row));
  std::map<int, std::vector<double>> row_of;
  for (std::size_t i = 0; i < asked.size(); ++i)
    row_of[asked[i]->ecg_id] = standardizer.apply(asked_features[i]);
  std::set<std::string> wanted;
  for (const auto& p : input.test) wanted.insert(p.label);
  const auto models = fit(rows, train, labels, wanted);
  return metrics::model_baseline(
      "linear",
      cat("logistic regression (L2, C = 1) on ", features::trace_feature_names().size(),
          " numbers about the trace (rate, RR variation, QRS axis, amplitudes), fitted to ",
          train.size(), " recordings of the train folds; thresholds chosen as the model's"),
      answered(input.validation, models, row_of), answered(input.test, models, row_of), rule);
}

}  // namespace

std::optional<metrics::Baseline> linear_baseline(const ScoreInput& input,
                                                 const ReferenceConfig& reference,
                                                 const LinearConfig& config,
                                                 const metrics::ThresholdRule& rule,
                                                 std::vector<report::Notice>& notices) {
  if (!input.database) return std::nullopt;
  const auto& database = *input.database;
  const ptbxl::LabelSet labels(database, reference.labels, reference.minimum_likelihood);
  const auto train = to_train_on(database, labels, config);
  const auto asked = to_predict(database, input, config.sampling_rate);
  if (train.empty() || !asked) {
    notices.push_back(
        {"linear_baseline_missing", 1,
         train.empty()
             ? "baseline is left out: no recording of the train folds is at hand for the linear "
               "model"
             : "baseline is left out: not every recording is at hand for the linear model"});
    return std::nullopt;
  }
  std::atomic<std::int64_t> unreadable{0};
  auto baseline =
      fitted_baseline(input, labels, train, *asked, config.sampling_rate, rule, unreadable);
  notices.push_back(
      {"linear_baseline_unreadable", unreadable.load(),
       "recordings cannot be read for the linear baseline; it takes them as without measurements"});
  return baseline;
}

}  // namespace ecg_lora::evaluation
