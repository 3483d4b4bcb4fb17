// The recipe of ecg-lora eval: predictions on the validation and test folds, thresholds, scores.
#pragma once

#include <cstdint>
#include <string>

#include "ecg_lora/config/fields.h"
#include "ecg_lora/data/loader/ecg_source.h"
#include "ecg_lora/evaluation/asking/prompt_sizes.h"
#include "ecg_lora/evaluation/scoring/label_scoring.h"
#include "ecg_lora/evaluation/scoring/task_source.h"
#include "ecg_lora/inference/loading/choice.h"

namespace ecg_lora::tools {

struct EvalRecipe {
  std::string model, vision_states = "auto", adapter, output;
  std::uint64_t seed = 1;
  int resamples = 1000;
  inference::ComputeConfig compute;
  data::DataConfig data;
  page::PageConfig page;
  page::PaperConfig paper;
  data::BatchConfig batch;
  evaluation::ScoringConfig score;
  evaluation::TasksConfig tasks;
  template <class V>
  void visit(V& v) {
    v.field("model", model, "folder of the model").not_empty();
    inference::visit_vision_states(v, vision_states);
    v.field("adapter", adapter, "PEFT adapter folder; empty for none");
    v.field("output", output, "folder to write").not_empty();
    v.field("seed", seed, "of the groups of patients, of resamples, and of what happens to pages");
    v.field("resamples", resamples,
            "groups of patients that are left out in turn for intervals, at most; less than 2: no "
            "intervals")
        .range(0, 1000000);
    v.section("compute", compute, "where and how to compute");
    v.section("data", data, "recordings and labels");
    v.section("page", page, "how pages are drawn");
    v.section("paper", paper, "what happens to drawn pages");
    v.section("batch", batch, "how batches are put together");
    v.section("score", score, "how answers are scored");
    v.section("tasks", tasks, "instruction tasks to answer in place of labels");
  }
};

/// Whether a config is that of eval: one of train has a section or field of its own.
inline bool is_eval_config(const Json& config) {
  for (const char* key : {"lora", "optimizer", "loop", "save_dtype"})
    if (config.contains(key)) return false;
  return true;
}

struct EvalOptions {
  bool predict_only = false;
  bool accept_changes = false;  ///< go on although what answers depend on has changed
  bool force = false;           ///< go on although the model will not fit into memory
  std::string score_only;       ///< file of predictions, or of another model's probabilities
  int limit = 0;                ///< records, or questions of each task; 0 for all
  std::string compat;           ///< pulse: also the figures of the scorer published with ECGBench
};

/// What a batch asks at most, before labels and questions are read.
inline plan::Prompts prompts_of(const EvalRecipe& recipe) {
  return recipe.tasks.files.empty()
             ? asking::label_prompts(recipe.batch.images, recipe.data.labels)
             : asking::task_prompts(recipe.batch.images, recipe.tasks.max_new_tokens);
}

int run_eval(const EvalRecipe& recipe, const EvalOptions& options);

}  // namespace ecg_lora::tools
