// Names and shapes of every tensor of a checkpoint, as data: 906 of them for the 11B shape.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/model/shape/config.h"

namespace ecg_lora::model {

struct TensorSpec {
  /// As on disk, for example "language_model.model.layers.0.self_attn.q_proj.weight".
  std::string name;
  std::vector<std::int64_t> shape;
};

/// The tensors of a checkpoint of that shape, always in the same order.
std::vector<TensorSpec> tensor_table(const ModelConfig& config);

/// Whether it is the weight of a linear that can be adapted or quantised: the two-dimensional ones
/// of layers, and the projector's.
bool is_linear_weight(const TensorSpec& spec);
/// Its name without the last part, ".weight".
std::string module_of(const TensorSpec& spec);
/// "text", "vision" or "projector": the part of the model that a tensor or module belongs to, by
/// its name on disk.
std::string tower_of(const std::string& name);

/// A name as transformers has it before or from 4.52 ("lm_head.weight",
/// "model.language_model.layers…") as the name on disk.
std::string disk_name(const std::string& name);

}  // namespace ecg_lora::model
