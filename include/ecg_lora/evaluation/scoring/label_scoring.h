// The second half of ecg-lora eval: from a file of predictions or probabilities to scores.json,
// report.html and the table. No model, no torch.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "ecg_lora/evaluation/scoring/linear_baseline.h"
#include "ecg_lora/evaluation/scoring/score_source.h"
#include "ecg_lora/evaluation/scoring/scored_output.h"
#include "ecg_lora/metrics/labels/evaluation.h"

namespace ecg_lora::evaluation {

/// How answers are scored.
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
            "data.train_folds, where the recordings are at hand");
    v.field("linear_records", linear_records, "recordings to train it on, evenly spread; 0 for all")
        .range(0, 10000000);
  }
};

struct ScoringRun : AnswersRun {
  ReferenceConfig reference;
  metrics::EvaluationOptions options;
  bool subgroups = true;
  std::optional<LinearConfig> linear;  ///< none: without the linear baseline
  int limit = 0;                       ///< records to keep; 0 all
  std::string folds;                   ///< fold discipline in words
  Json wording = {};  ///< of the config; what scores.json states is the answers' own
  /// PNG bytes of a record's page; may be empty.
  std::function<std::string(const ptbxl::Database&, const ptbxl::RecordInfo&)> png = {};
};

metrics::EvaluationOptions evaluation_options(const ScoringConfig& config, int resamples,
                                              std::uint64_t seed);

/// Writes scores.json and report.html to `output` (and predictions.jsonl, where the file was
/// another model's), prints the table.
void score_and_report(const ScoringRun& run);

}  // namespace ecg_lora::evaluation
