// Which weights of a base are quantised when it is loaded.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ecg_lora/model/shape/config.h"
#include "ecg_lora/nn/quantised/quantised.h"

namespace ecg_lora::model {

/// Makes what keeps a weight instead of the linear itself: of `layer`, from `dense` [out, in] in
/// the model's dtype on its device (train::ShardedLayers).
using PackWeight = std::function<std::shared_ptr<nn::PackedWeightImpl>(const std::string& layer,
                                                                       const at::Tensor& dense)>;

/// The linears of all layers and the projector are quantised, as transformers does with
/// bitsandbytes. lm_head, embeddings, norms, gates, biases, the vision patch embedding and what
/// `keep_dense` names stay dense.
struct BaseQuantisation {
  nn::Quantisation kind = nn::Quantisation::none;
  std::vector<std::string>
      keep_dense;  ///< globs over names of linears on disk, for example "vision_model.*"
  PackWeight shard =
      nullptr;  ///< if it is set, and `kind` is none, keeps the linears of the layers
  /// Folder in which codes are kept from one load to the next, and looked for; empty: none.
  std::filesystem::path cache = {};
};

/// "none", "nf4" or "int8"; usage error otherwise.
nn::Quantisation parse_quantisation(const std::string& name);
std::string to_string(nn::Quantisation kind);

/// Names on disk of the linears that are quantised or sharded, in the order of the tensor table.
/// Usage error where a glob of keep_dense names none.
std::vector<std::string> quantised_linears(const ModelConfig& config,
                                           const BaseQuantisation& quantisation);

/// The layer that a module is part of, "language_model.model.layers.3"; empty for those of no
/// layer.
std::string layer_of(const std::string& module);

/// Bytes of the weights of a loaded base.
struct WeightBytes {
  std::int64_t quantised = 0;  ///< codes and scales
  std::int64_t dense = 0;      ///< everything else, in `dtype`
  std::int64_t total() const { return quantised + dense; }
};
WeightBytes weight_bytes(const ModelConfig& config, const BaseQuantisation& quantisation,
                         at::ScalarType dtype);

}  // namespace ecg_lora::model
