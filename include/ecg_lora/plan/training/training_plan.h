// The memory of a training step, from shapes alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/lora/lora.h"
#include "ecg_lora/model/mllama/quantisation.h"
#include "ecg_lora/train/loop/training_config.h"

namespace ecg_lora::plan {

/// What a batch holds, padding included.
struct BatchShape {
  std::int64_t rows = 0;    ///< text rows
  std::int64_t tokens = 0;  ///< of the longest row; all are padded to it
  std::int64_t images = 0;
  std::int64_t answers = 0;  ///< labelled tokens of all rows, whose logits are computed
  /// Most images of a row if rows are not in equal groups about one image each: keys and values
  /// are copied for each row then. 0: they are.
  std::int64_t row_images = 0;
  std::int64_t text_tokens = 0;  ///< tokens of all rows that are not padding; 0: all of them
  bool masked = false;           ///< some token may not look at all tiles of its row's images
};

struct TrainingInput {
  model::ModelConfig model;
  model::BaseQuantisation base;
  at::ScalarType dtype = at::kFloat;
  lora::LoraSpec lora;
  train::OptimizerConfig optimizer;
  train::LoopConfig loop;
  BatchShape batch;
  bool cuda = false;  ///< CUDA keeps dropout's masks in one byte per value, the CPU in four
};

/// What the graph keeps of one kind of layer until the backward pass.
struct LayerKind {
  std::string name;
  std::int64_t count = 0;      ///< layers of the kind that keep anything
  std::int64_t kept = 0;       ///< bytes of each, without checkpointing
  std::int64_t input = 0;      ///< bytes of what enters each: all that checkpointing keeps
  std::int64_t workspace = 0;  ///< bytes of gradients and temporaries while its backward pass runs
};

/// Bytes of the tensors of one process at the moment when they are most.
struct TrainingPlan {
  model::WeightBytes weights;
  std::int64_t adapters = 0, gradients = 0, optimizer = 0;
  std::int64_t batch = 0;        ///< pixels, tokens and masks of one batch
  std::int64_t activations = 0;  ///< kept for the backward pass
  std::int64_t workspace = 0;    ///< what the layer in hand needs for a moment
  std::string peak_at;           ///< the moment, for people
  std::vector<LayerKind> layers;
  double flops =
      0;  ///< arithmetic of a step: forward, backward, and the second forward of checkpointing
  std::int64_t total() const {
    return weights.total() + adapters + gradients + optimizer + batch + activations + workspace;
  }
};

/// Walks through a step layer by layer. docs/users/plan.md has the table of what each layer keeps.
/// Usage error if the config's LoRA targets hit nothing.
TrainingPlan plan_training(const TrainingInput& input);

/// A change of the config that saves memory.
struct Advice {
  std::string change;  ///< as --set takes it, for example "compute.dtype=bf16"
  std::int64_t total = 0;
  TrainingInput input;  ///< after the change
};

/// Each change alone, and last all that are needed together to stay within `bytes`, in the order of
/// what they cost in quality and speed; empty if the plan fits as it is.
std::vector<Advice> advise(const TrainingInput& input, std::int64_t bytes);

}  // namespace ecg_lora::plan
