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

/// Packs a weight of `layer` (layer_of()), `dense` [out, in] in the model's dtype on its device,
/// for example train::ShardedLayers::packer().
using PackWeight = std::function<std::shared_ptr<nn::PackedWeightImpl>(const std::string& layer,
                                                                       const at::Tensor& dense)>;

/// Which linears of a base are packed when it is loaded. With a `kind`, those of all layers and the
/// projector are quantised, as transformers does with bitsandbytes. lm_head, embeddings, norms,
/// gates, biases, the vision patch embedding and what `keep_dense` names stay dense.
struct BaseQuantisation {
  nn::Quantisation kind = nn::Quantisation::none;
  /// Globs over names of linears on disk that stay dense, for example "vision_model.*".
  std::vector<std::string> keep_dense;
  /// If it is set, and `kind` is none, packs the linears of the layers.
  PackWeight shard = nullptr;
  /// Folder in which codes are kept from one load to the next, and looked for; empty: none.
  std::filesystem::path cache = {};
};

/// "none", "nf4" or "int8"; usage error for another name.
nn::Quantisation parse_quantisation(const std::string& name);
/// The name of `kind`, as parse_quantisation() takes it.
std::string to_string(nn::Quantisation kind);

/// Names on disk, without ".weight", of the linears that are packed, in the order of the tensor
/// table. Usage error if a glob of keep_dense names none.
std::vector<std::string> quantised_linears(const ModelConfig& config,
                                           const BaseQuantisation& quantisation);

/// The layer that the module of that name on disk is part of, for example
/// "language_model.model.layers.3"; empty if it is part of none.
std::string layer_of(const std::string& module);

/// Bytes of the weights of a loaded base.
struct WeightBytes {
  std::int64_t quantised = 0;  ///< codes and scales
  std::int64_t dense = 0;      ///< everything else, in `dtype`
  std::int64_t total() const { return quantised + dense; }
};
/// Those of a base of that shape, whose dense weights are kept in `dtype`, by the tensor table.
WeightBytes weight_bytes(const ModelConfig& config, const BaseQuantisation& quantisation,
                         at::ScalarType dtype);

}  // namespace ecg_lora::model
