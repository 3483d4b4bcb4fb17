// Optimizer, schedule and loop of a training run.
#pragma once

#include <cstdint>
#include <string>

namespace ecg_lora::train {

struct OptimizerConfig {
  double lr = 1e-4;             ///< peak learning rate
  double beta1 = 0.9, beta2 = 0.999, eps = 1e-8;
  double weight_decay = 0.01;
  double clip = 1.0;            ///< largest norm of the gradient; 0 is off
  std::int64_t warmup_steps = 0;     ///< linear from 0
  std::string schedule = "cosine";   ///< cosine (to min_lr_ratio) or constant
  double min_lr_ratio = 0;      ///< last learning rate over the peak
  double lora_plus_ratio = 1;   ///< learning rate of B (and of DoRA's magnitude) over that of A (LoRA+, Hayou et al. 2024, arXiv 2402.12354)
  template <class V>
  void visit(V& v) {
    v.field("lr", lr, "peak learning rate").range(0, 10);
    v.field("beta1", beta1, "AdamW beta1").range(0, 0.99999);
    v.field("beta2", beta2, "AdamW beta2").range(0, 0.9999999);
    v.field("eps", eps, "AdamW epsilon").range(1e-16, 1);
    v.field("weight_decay", weight_decay, "decoupled weight decay").range(0, 10);
    v.field("clip", clip, "largest norm of the gradient; 0 is off").range(0, 1e9);
    v.field("warmup_steps", warmup_steps, "steps of linear warm-up from 0").range(0, 1e12);
    v.field("schedule", schedule, "after the warm-up").one_of({"cosine", "constant"});
    v.field("min_lr_ratio", min_lr_ratio, "last learning rate over the peak, with cosine").range(0, 1);
    v.field("lora_plus_ratio", lora_plus_ratio, "learning rate of lora_B over that of lora_A (LoRA+); 1 is off").range(1e-3, 1e3);
  }
};

struct LoopConfig {
  std::string trainable = "lora";   ///< lora, or full: every parameter but lm_head and embed_tokens
  double epochs = 1;                ///< passes over the training folds; ignored where steps > 0
  std::int64_t steps = 0;           ///< optimizer steps; 0 derives them from epochs
  std::int64_t accumulation = 1;    ///< batches a step; the loss divides by all their answer tokens
  std::int64_t validate_every = 0;  ///< steps between validation losses; 0 only at the end
  std::int64_t checkpoint_every = 0;///< steps between checkpoints; 0 only at the end
  int keep_checkpoints = 2;
  std::string activation_checkpointing = "none";  ///< kinds of layer whose activations are recomputed: none, all, or some of self, cross and vision
  std::int64_t checkpoint_every_layers = 1;       ///< of those layers, each n-th
  template <class V>
  void visit(V& v) {
    v.field("trainable", trainable, "lora, or full: every parameter but lm_head and embed_tokens").one_of({"lora", "full"});
    v.field("epochs", epochs, "passes over the training folds; ignored where steps > 0").range(0, 1e6);
    v.field("steps", steps, "optimizer steps; 0 derives them from epochs").range(0, 1e12);
    v.field("accumulation", accumulation, "batches a step; the loss divides by all their answer tokens").range(1, 1e6);
    v.field("validate_every", validate_every, "steps between validation losses; 0 only at the end").range(0, 1e12);
    v.field("checkpoint_every", checkpoint_every, "steps between checkpoints; 0 only at the end").range(0, 1e12);
    v.field("keep_checkpoints", keep_checkpoints, "newest checkpoints to keep").range(1, 1000);
    v.field("activation_checkpointing", activation_checkpointing, "layers to recompute in the backward pass: none, all, or some of self, cross, vision (with commas)");
    v.field("checkpoint_every_layers", checkpoint_every_layers, "of those layers, recompute each n-th").range(1, 1000);
  }
};

}  // namespace ecg_lora::train
