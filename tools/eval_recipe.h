// The recipe of ecg-lora eval: predictions on the validation and test folds, thresholds, scores.
#pragma once

#include <cstdint>
#include <string>

#include "ecg_lora/config/fields.h"
#include "eval_scoring.h"
#include "recipe.h"

namespace ecg_lora::tools {

struct EvalRecipe {
  std::string model, adapter, output;
  std::uint64_t seed = 1;
  int resamples = 1000;
  ComputeConfig compute;
  data::DataConfig data;
  render::PageConfig page;
  render::PaperConfig paper;
  data::BatchConfig batch;
  ScoringConfig score;
  template <class V>
  void visit(V& v) {
    v.field("model", model, "folder of the model").not_empty();
    v.field("adapter", adapter, "PEFT adapter folder; empty for none");
    v.field("output", output, "folder to write").not_empty();
    v.field("seed", seed, "of the bootstrap and of what happens to pages");
    v.field("resamples", resamples, "bootstrap resamples of patients").range(0, 1000000);
    v.section("compute", compute, "where and how to compute");
    v.section("data", data, "recordings and labels");
    v.section("page", page, "how pages are drawn");
    v.section("paper", paper, "what happens to drawn pages");
    v.section("batch", batch, "how batches are put together");
    v.section("score", score, "how answers are scored");
  }
};

struct EvalOptions {
  bool predict_only = false;
  std::string score_only;  ///< file of predictions, or of another model's probabilities
  int limit = 0;           ///< records; 0 for all
};

int run_eval(const EvalRecipe& recipe, const EvalOptions& options);

}  // namespace ecg_lora::tools
