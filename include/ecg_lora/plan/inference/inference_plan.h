// The memory of answering, from shapes alone: predict, eval, instruction tasks, parity.
#pragma once

#include <cstdint>
#include <string>

#include "ecg_lora/model/mllama/quantisation.h"

namespace ecg_lora::plan {

/// What is asked at a time.
struct Prompts {
  std::int64_t images = 1;
  std::int64_t rows = 1;            ///< prompts
  std::int64_t tokens = 64;         ///< of the longest prompt, the page's one among them
  std::int64_t max_new_tokens = 0;  ///< of answers in words; 0: likelihoods of given answers
  bool every_logit = false;  ///< logits are wanted at every token, as the parity program does
};

struct InferenceInput {
  model::ModelConfig model;
  model::BaseQuantisation base;
  at::ScalarType dtype = at::kFloat;
  std::int64_t adapter_parameters = 0;  ///< of adapters, which are kept in fp32
  Prompts prompts;
  bool cuda = false;
};

/// Bytes of tensors at the moment when they are most.
struct InferencePlan {
  model::WeightBytes weights;
  std::int64_t adapters = 0;
  std::int64_t batch = 0;      ///< pixels, tokens and masks
  std::int64_t states = 0;     ///< of images: those that the vision tower keeps, or what it made
  std::int64_t caches = 0;     ///< keys and values: of the images, and in words of the tokens
  std::int64_t workspace = 0;  ///< what the layer in hand, or the logits, need for a moment
  std::string peak_at;         ///< the moment, for people
  std::int64_t total() const {
    return weights.total() + adapters + batch + states + caches + workspace;
  }
};

/// Walks through one batch of prompts. docs/users/plan.md says what is counted.
InferencePlan plan_inference(const InferenceInput& input);

/// The largest weight of `model` that is dense for a moment when a linear uses it; 0 if none is
/// quantised.
std::int64_t dense_workspace(const model::ModelConfig& model, const model::BaseQuantisation& base,
                             at::ScalarType dtype);

}  // namespace ecg_lora::plan
