// The second half of ecg-lora eval: from a file of predictions or probabilities to scores.json,
// report.html and the table. No model, no torch.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/ecg/ptbxl/database.h"
#include "ecg_lora/evaluation/scoring/reference_labels.h"
#include "ecg_lora/evaluation/scoring/scored_output.h"
#include "ecg_lora/metrics/labels/evaluation.h"

namespace ecg_lora::evaluation {

/// How answers on labels are scored: the section score of the config of ecg-lora eval.
struct ScoringConfig {
  std::string threshold = "f1";
  double sensitivity = 0.9;
  bool bca = false;
  bool subgroups = true;
  int worst_errors = 12;
  bool linear = true;
  int linear_records = 4000;
  std::string validation;
  std::vector<int> validation_folds{9};
  template <class V>
  void visit(V& v) {
    v.field("threshold", threshold,
            "chosen on the validation folds: f1 (highest F1), youden (highest sensitivity + "
            "specificity), sensitivity (at least score.sensitivity), or fixed (0.5)")
        .one_of({"f1", "youden", "sensitivity", "fixed"});
    v.field("sensitivity", sensitivity, "what score.threshold=sensitivity must reach").range(0, 1);
    v.field("bca", bca, "also BCa intervals, of `resamples` resamples; about twice the time");
    v.field("subgroups", subgroups, "also scores by sex, age, site, device and signal quality");
    v.field("worst_errors", worst_errors, "errors to show in report.html").range(0, 1000);
    v.field("validation", validation,
            "predictions.jsonl of another run whose answers choose thresholds and calibration, as "
            "of the data set that the model was trained on; empty: those of data.valid_folds");
    v.field("validation_folds", validation_folds, "folds of score.validation that do").range(1, 10);
    v.field("linear", linear,
            "also a linear model on simple measurements of the traces as a baseline, trained on "
            "data.train_folds, if the recordings are there");
    v.field("linear_records", linear_records, "recordings to train it on, evenly spread; 0 for all")
        .range(0, 10000000);
  }
};

/// The linear model on simple measurements of the traces.
struct LinearConfig {
  std::vector<int> train_folds;
  int sampling_rate = 100;  ///< Hz
  int records = 4000;       ///< most to train on, evenly spread; 0 for all
};

/// What is scored, and how.
struct ScoringRun : AnswersRun {
  ReferenceConfig reference;
  metrics::EvaluationOptions options;
  bool subgroups = true;
  std::optional<LinearConfig> linear;  ///< empty: without the linear baseline
  int limit = 0;                       ///< records to keep, evenly spread; 0 all
  std::string folds;                   ///< what the folds are used for, in words
  Json wording = {};  ///< of the config; what scores.json states is the answers' own
  /// PNG bytes of a record's page; may be empty.
  std::function<std::string(const ptbxl::Database&, const ptbxl::RecordInfo&)> png = {};
};

/// `resamples` and `seed` are those of metrics::IntervalOptions; progress is shown.
metrics::EvaluationOptions evaluation_options(const ScoringConfig& config, int resamples,
                                              std::uint64_t seed);

/// Writes scores.json and report.html to `output` (and predictions.jsonl, if the file was another
/// model's or a sample of it is scored), prints the table. Usage error of refuse_other_answers();
/// data error if the test folds have no prediction, and those of reading the file.
void score_and_report(const ScoringRun& run);

}  // namespace ecg_lora::evaluation
