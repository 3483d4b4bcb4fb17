// Which model a command opens, and how it computes.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/model/checkpoint/stored_dtype.h"
#include "ecg_lora/model/mllama/quantisation.h"
#include "ecg_lora/model/shape/vision_states.h"

namespace ecg_lora::inference {

/// Where and how to compute.
struct ComputeConfig {
  std::string device = "auto", dtype = "auto", base_quantisation = "none";
  std::vector<std::string> keep_dense;
  std::string quantised_cache;
  int threads = 0;
  template <class V>
  void visit(V& v) {
    v.field("device", device, "auto (CUDA where there is one), cpu or cuda")
        .one_of({"auto", "cpu", "cuda"});
    v.field("dtype", dtype,
            "of the base's weights: auto (as the checkpoint stores them), fp32, bf16 or fp16")
        .one_of({"auto", "fp32", "bf16", "fp16"});
    v.field("base_quantisation", base_quantisation,
            "storage of the frozen linears: none, nf4 or int8")
        .one_of({"none", "nf4", "int8"});
    v.field("keep_dense", keep_dense,
            "globs over linears that are not quantised, for example [\"vision_model.*\"]");
    v.field("quantised_cache", quantised_cache,
            "folder that keeps the codes of quantised bases for the next load; empty for none");
    v.field("threads", threads, "CPU threads; 0 for all cores").range(0, 4096);
  }
};

/// The field of a config that says how the vision states of its base are read.
template <class V>
void visit_vision_states(V& v, std::string& states) {
  v.field(model::kVisionStates, states,
          "of the base: entering or leaving (docs/developers/model.md); auto for what the "
          "checkpoint says")
      .one_of({"auto", "entering", "leaving"});
}

/// Folders of a base and of an adapter (empty for none), and how they are opened.
struct ModelChoice {
  std::string base, adapter, vision_states = "auto";
  ComputeConfig compute = {};
};

/// Whether a CUDA device computes. Unlike model::parse_device(), says no if `device` is cuda and
/// there is none.
bool on_cuda(const ComputeConfig& compute);

/// Usage error for a name that is none.
model::BaseQuantisation base_quantisation(const ComputeConfig& compute);

/// What `loop.trainable` says.
inline model::Trainable trainable_of(const std::string& trainable) {
  return trainable == "lora" ? model::Trainable::adapter : model::Trainable::full;
}

/// Puts model::chosen_dtype() in the place of "auto".
void resolve_dtype(ComputeConfig& compute, const std::string& base,
                   model::Trainable trainable = model::Trainable::none);

}  // namespace ecg_lora::inference
