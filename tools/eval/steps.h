// The steps of an evaluation, in their order. Labels and tasks differ in what they ask and score.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "ecg_lora/base/lock.h"
#include "ecg_lora/evaluation/scoring/task_scoring.h"
#include "ecg_lora/inference/predictor/open.h"
#include "ecg_lora/plan/inference/memory_check.h"
#include "ecg_lora/train/distributed/shared_work.h"
#include "recipe.h"

namespace ecg_lora::tools {

/// SHA-256 of what a run is made with. Eleven billion parameters take minutes to read: once a run.
struct ModelHashes {
  Json model, adapter;
  model::KeptStates kept;  ///< vision states, as the model is opened
};

/// All that an evaluation has, in the order in which its steps make it.
struct EvalRun {
  EvalRecipe recipe;
  EvalOptions options;
  distributed::Team team;
  std::filesystem::path predictions = {};  ///< file of answers, asked here or given
  std::unique_ptr<OutputLock> lock = {};   ///< of the first process
  std::optional<plan::MemoryChecked> memory_checked = {};
  ModelHashes hashes = {};
  evaluation::TaskScoringRun task_answers = {};

  /// Whether a model is asked, rather than given answers scored.
  bool asks() const { return options.score_only.empty(); }
};

EvalRun join_processes(const EvalRecipe& recipe, const EvalOptions& options);
/// Refuses what cannot be asked or scored, before anything large is read.
void check_recipe(EvalRun& run);
/// Refuses what does not fit into memory, and hashes the files that answers depend on.
void check_model(EvalRun& run);

/// Opens the model with its adapter; `formats` are those of the base.
model::Mllama open_model(const EvalRun& run, inference::Formats formats);
/// Whose answers are scored, for titles: the model with its adapter, or the file that another left.
std::string answers_of(const EvalRun& run);
/// What produced the answers, as provenance.
Json details_of(const EvalRun& run);

void ask_labels(EvalRun& run);
void score_labels(const EvalRun& run);
/// Usage error for a config that asks no labels.
void refuse_without_labels(const EvalRun& run);

/// Whether the answers, asked here or given, are to instruction tasks.
bool answers_tasks(const EvalRun& run);
void ask_tasks(EvalRun& run);
void read_task_answers(EvalRun& run);
void score_tasks(EvalRun& run);

}  // namespace ecg_lora::tools
