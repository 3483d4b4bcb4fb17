// Optimizer, schedule and loop of a training run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ecg_lora::train {

/// visit() describes each option.
struct OptimizerConfig {
  double lr = 1e-4;
  double beta1 = 0.9, beta2 = 0.999, eps = 1e-8;
  double weight_decay = 0.01;
  double clip = 1.0;
  std::int64_t warmup_steps = 0;
  double warmup_ratio = 0;
  std::string schedule = "cosine";
  double decay_ratio = 0.1;
  std::string decay = "linear";
  double min_lr_ratio = 0;
  double lora_plus_ratio = 1;  // Hayou et al. 2024, arXiv 2402.12354
  template <class V>
  void visit(V& v) {
    v.field("lr", lr, "peak learning rate").range(0, 10);
    v.field("beta1", beta1, "AdamW beta1").range(0, 0.99999);
    v.field("beta2", beta2, "AdamW beta2").range(0, 0.9999999);
    v.field("eps", eps, "AdamW epsilon").range(1e-16, 1);
    v.field("weight_decay", weight_decay, "decoupled weight decay").range(0, 10);
    v.field("clip", clip, "largest norm of the gradient; 0 is off").range(0, 1e9);
    v.field("warmup_steps", warmup_steps, "steps of linear warm-up from 0").range(0, 1e12);
    v.field("warmup_ratio", warmup_ratio,
            "the same as a share of all steps; used if warmup_steps is 0")
        .range(0, 1);
    v.field("schedule", schedule,
            "after the warm-up; wsd stays at the peak, then decays over the last steps")
        .one_of({"constant", "linear", "cosine", "wsd"});
    v.field("decay_ratio", decay_ratio, "with wsd: share of all steps that the decay takes")
        .range(0, 1);
    v.field("decay", decay, "with wsd: shape of the decay").one_of({"linear", "cosine", "1-sqrt"});
    v.field("min_lr_ratio", min_lr_ratio,
            "last learning rate over the peak, with linear, cosine and wsd")
        .range(0, 1);
    v.field("lora_plus_ratio", lora_plus_ratio,
            "learning rate of lora_B over that of lora_A (LoRA+); 1 is off")
        .range(1e-3, 1e3);
  }
};

/// visit() describes each option.
struct LoopConfig {
  std::string trainable = "lora";
  double epochs = 1;
  std::int64_t steps = 0;
  std::int64_t accumulation = 1;
  std::int64_t validate_every = 0;
  std::int64_t checkpoint_every = 0;
  int keep_checkpoints = 2;
  bool keep_best = true;
  std::string best_by = "loss";
  std::int64_t patience = 0;
  double min_delta = 0;
  std::string write = "last";
  std::vector<std::string> validate_auroc_labels;
  int validate_auroc_records = 100;
  int validate_pages = 4;
  int validate_max_new_tokens = 64;
  int max_skipped_in_a_row = 5;
  double spike_factor = 10;
  std::int64_t retry_seconds = 0;
  std::string activation_checkpointing = "none";
  std::int64_t checkpoint_every_layers = 1;
  bool shard_weights = false;
  std::int64_t rank_timeout = 1800;
  template <class V>
  void visit(V& v) {
    v.field("trainable", trainable, "lora, or full: every parameter but lm_head and embed_tokens")
        .one_of({"lora", "full"});
    v.field("epochs", epochs, "passes over the training data; ignored if steps > 0").range(0, 1e6);
    v.field("steps", steps, "optimizer steps; 0 derives them from epochs").range(0, 1e12);
    v.field("accumulation", accumulation,
            "batches per step, shared among the processes; the loss divides by all their answer "
            "tokens")
        .range(1, 1e6);
    v.field("validate_every", validate_every, "steps between validation losses; 0 only at the end")
        .range(0, 1e12);
    v.field("checkpoint_every", checkpoint_every, "steps between checkpoints; 0 only at the end")
        .range(0, 1e12);
    v.field("keep_checkpoints", keep_checkpoints, "newest checkpoints to keep").range(1, 1000);
    v.field("keep_best", keep_best, "keep the checkpoint with the best validation as well");
    v.field("best_by", best_by,
            "what is best: the lowest validation loss or the highest mean validation AUROC")
        .one_of({"loss", "auroc"});
    v.field("patience", patience,
            "validations without a new best after which training stops; 0 is off")
        .range(0, 1e9);
    v.field("min_delta", min_delta, "by how much a new best must be better").range(0, 1e6);
    v.field("write", write,
            "which checkpoint becomes the adapter or model that is written at the end")
        .one_of({"last", "best"});
    v.field("validate_auroc_labels", validate_auroc_labels,
            "labels whose AUROC is computed at each validation, of data.labels; [] is off");
    v.field("validate_auroc_records", validate_auroc_records,
            "records of the validation folds that are asked about them")
        .range(2, 1e9);
    v.field("validate_pages", validate_pages,
            "validation samples whose answers are written down at each validation; 0 is off")
        .range(0, 1000);
    v.field("validate_max_new_tokens", validate_max_new_tokens, "longest of these answers, tokens")
        .range(1, 100000);
    v.field("max_skipped_in_a_row", max_skipped_in_a_row,
            "steps without finite loss and gradients after which training stops")
        .range(1, 1e9);
    v.field("spike_factor", spike_factor,
            "warn of a loss that is this many deviations above the median of the last 64 steps; 0 "
            "is off")
        .range(0, 1e9);
    v.field("retry_seconds", retry_seconds,
            "how long to keep trying if data cannot be read or a file not be written; 0 stops at "
            "once, with the state saved")
        .range(0, 1e9);
    v.field("activation_checkpointing", activation_checkpointing,
            "layers to recompute in the backward pass: none, all, or some of self, cross, vision "
            "(with commas)");
    v.field("checkpoint_every_layers", checkpoint_every_layers,
            "of those layers, recompute each n-th")
        .range(1, 1000);
    v.field("shard_weights", shard_weights,
            "cut the frozen weights of the layers into one piece per process, gathered one layer "
            "ahead, for models that do not fit on one device");
    v.field("rank_timeout", rank_timeout,
            "seconds that a process waits for the others before it gives up")
        .range(1, 1e6);
  }
};

}  // namespace ecg_lora::train
