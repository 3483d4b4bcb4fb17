// AdamW over the trainable parameters.
#pragma once

#include <torch/torch.h>

#include <string>
#include <utility>
#include <vector>

#include "ecg_lora/tensorio/safetensors.h"
#include "ecg_lora/train/loop/training_config.h"

namespace ecg_lora::train {

/// AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101) with torch's arithmetic, in its fused
/// kernel. Moments are fp32 and have the shape of their parameter.
class AdamW {
 public:
  AdamW(std::vector<std::pair<std::string, at::Tensor>> parameters, const OptimizerConfig& config);

  void zero_grad();
  /// Norm of all gradients together, in fp32; scales them to `config.clip` if they are above it
  /// (0: never), as torch.nn.utils.clip_grad_norm_ does. Not finite if any gradient is not.
  double clip();
  /// One step with learning rate `lr`, times `config.lora_plus_ratio` for lora_B and magnitudes.
  /// Parameters without a gradient are left alone.
  void step(double lr);

  /// Moments and step counts under "<parameter>.exp_avg", ".exp_avg_sq", ".step".
  tensorio::NamedTensors state() const;
  /// Checkpoint error if a parameter's state is missing or of another shape.
  void load_state(const tensorio::SafetensorsFile& file);

 private:
  struct Slot {
    std::string name;
    at::Tensor parameter, exp_avg, exp_avg_sq, step;
    bool fast = false;  ///< learns at lora_plus_ratio times the rate
  };
  void step_slots(bool fast, double lr);

  std::vector<Slot> slots_;
  OptimizerConfig config_;
};

}  // namespace ecg_lora::train
