#include "ecg_lora/model/mllama/quantisation.h"

#include <c10/util/accumulate.h>

#include <algorithm>
#include <set>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/glob.h"
#include "ecg_lora/model/shape/table.h"

namespace ecg_lora::model {

nn::Quantisation parse_quantisation(const std::string& name) {
  for (const auto kind : {nn::Quantisation::none, nn::Quantisation::nf4, nn::Quantisation::int8})
    if (name == to_string(kind)) return kind;
  throw_usage("base_quantisation is '", name, "', expected none, nf4 or int8; choose one of them");
}

std::string to_string(nn::Quantisation kind) {
  return kind == nn::Quantisation::nf4 ? "nf4" : kind == nn::Quantisation::int8 ? "int8" : "none";
}

std::vector<std::string> quantised_linears(const ModelConfig& config,
                                           const BaseQuantisation& quantisation) {
  std::vector<std::string> result;
  const bool sharded = quantisation.kind == nn::Quantisation::none;
  if (sharded && !quantisation.shard) return result;
  std::vector<bool> used(quantisation.keep_dense.size(), false);
  for (const auto& spec : tensor_table(config)) {
    if (!is_linear_weight(spec) || (sharded && layer_of(module_of(spec)).empty())) continue;
    bool dense = false;
    for (std::size_t i = 0; i < used.size(); ++i)
      if (glob_match(quantisation.keep_dense[i], module_of(spec))) used[i] = dense = true;
    if (!dense) result.push_back(module_of(spec));
  }
  if (const auto unused = std::find(used.begin(), used.end(), false); unused != used.end())
    throw_usage(
        "keep_dense '", quantisation.keep_dense[static_cast<std::size_t>(unused - used.begin())],
        "' names no linear of the base, expected a glob over whole names such as "
        "'vision_model.*' or '*.layers.0.*'; lm_head, embeddings and norms are dense in any case");
  return result;
}

std::string layer_of(const std::string& module) {
  const std::string mark = ".layers.";
  const auto at = module.find(mark);
  return at == std::string::npos ? "" : module.substr(0, module.find('.', at + mark.size()));
}

WeightBytes weight_bytes(const ModelConfig& config, const BaseQuantisation& quantisation,
                         at::ScalarType dtype) {
  const auto linears = quantised_linears(config, quantisation);
  const std::set<std::string> quantised(linears.begin(), linears.end());
  WeightBytes bytes;
  for (const auto& spec : tensor_table(config)) {
    if (is_linear_weight(spec) && quantised.count(module_of(spec)))
      bytes.quantised += nn::quantised_bytes(quantisation.kind, spec.shape[0], spec.shape[1]);
    else
      bytes.dense +=
          c10::multiply_integers(spec.shape) * static_cast<std::int64_t>(c10::elementSize(dtype));
  }
  return bytes;
}

}  // namespace ecg_lora::model
