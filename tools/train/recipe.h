// The recipe of ecg-lora train, and what its sections are to the library.
#pragma once

#include <cstdint>
#include <string>

#include "ecg_lora/config/fields.h"
#include "ecg_lora/data/loader/data_set.h"
#include "ecg_lora/data/loader/training_data.h"
#include "ecg_lora/inference/loading/choice.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/plan/training/training_memory.h"
#include "ecg_lora/train/loop/training_config.h"

namespace ecg_lora::tools {

struct TrainRecipe {
  std::string model, vision_states = "auto", output;
  std::uint64_t seed = 1;
  std::string save_dtype = "bf16";
  inference::ComputeConfig compute;
  data::DataConfig data;
  page::PageConfig page;
  page::PaperConfig paper;
  data::BatchConfig batch;
  lora::LoraSpec lora;
  train::OptimizerConfig optimizer;
  train::LoopConfig loop;
  template <class V>
  void visit(V& v) {
    v.field("model", model, "folder of the base model").not_empty();
    inference::visit_vision_states(v, vision_states);
    v.field("output", output, "run folder to write").not_empty();
    v.field("seed", seed, "of adapters, order, questions and dropout");
    v.field("save_dtype", save_dtype, "of the model that full training writes")
        .one_of({"fp32", "bf16", "fp16"});
    v.section("compute", compute, "where and how to compute");
    v.section("data", data, "recordings and labels");
    v.section("page", page, "how pages are drawn");
    v.section("paper", paper, "what happens to drawn pages");
    v.section("batch", batch, "how batches are put together");
    v.section("lora", lora, "adapters");
    v.section("optimizer", optimizer, "AdamW and its schedule");
    v.section("loop", loop, "length, validation, checkpoints");
  }
};

struct TrainOptions {
  bool resume = false, dry_run = false;
  bool accept_changes = false;    ///< resume although what the run was made with has changed
  bool force = false;             ///< go on although it will not fit into memory
  std::string resume_from;        ///< a checkpoint to go on from, "step-40"; empty for the newest
  bool benchmark_loader = false;  ///< measure how fast batches are made, and stop
};

inline data::TrainingSources training_sources(const TrainRecipe& recipe, const data::DataSet& set,
                                              std::int64_t pad_id) {
  return {set.database, set.labels,   set.chat,    set.image, recipe.data,           recipe.page,
          recipe.paper, recipe.batch, recipe.seed, pad_id,    recipe.compute.threads};
}

inline inference::ModelChoice base_of(const TrainRecipe& recipe) {
  return {recipe.model, "", recipe.vision_states, recipe.compute};
}

/// A step of `recipe`, whose dtype is resolved.
inline plan::TrainingInput training_input(const TrainRecipe& recipe, const plan::BatchShape& shape,
                                          bool cuda) {
  return {model::load_model_config(recipe.model, model::chosen_vision_states(recipe.vision_states)),
          inference::base_quantisation(recipe.compute),
          model::parse_dtype(recipe.compute.dtype),
          recipe.lora,
          recipe.optimizer,
          recipe.loop,
          shape,
          cuda};
}

int run_train(const TrainRecipe& recipe, const TrainOptions& options);

}  // namespace ecg_lora::tools
