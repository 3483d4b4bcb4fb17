// Strict loading: every tensor of the checkpoint has its place, and every place its tensor.
#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#ifdef __GLIBC__  // which the headers above define
#include <malloc.h>
#endif

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/model/check_checkpoint.h"
#include "ecg_lora/model/checkpoint.h"
#include "ecg_lora/model/mllama.h"
#include "ecg_lora/model/table.h"
#include "ecg_lora/tensorio/finite.h"

namespace ecg_lora::model {
namespace {

/// Where an adapter's factor stands below a linear; not part of a checkpoint.
bool is_adapter(const std::string& name) { return name.find(".lora_") != std::string::npos; }

/// glibc keeps what is free between blocks that are in use, which temporaries and codes in turn leave much of.
void give_back_free_memory() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

/// A model whose linears have no weight yet where it will not be kept dense.
Mllama make_empty(const ModelConfig& config, const at::TensorOptions& options, const BaseQuantisation& quantisation) {
  const auto names = quantised_linears(config, quantisation);
  if (names.empty()) return Mllama(config, options);
  const std::set<std::string> quantised(names.begin(), names.end());
  const nn::WithoutWeights guard;
  Mllama model(config, options);
  for (const auto& item : model->named_modules())
    if (auto* linear = item.value()->as<nn::Linear>(); linear && !quantised.count(item.key())) linear->allocate_weight();
  model->set_quantisation(quantisation);
  return model;
}

/// Linears whose weight is not kept dense, by the names of their weights on disk.
std::map<std::string, nn::LinearImpl*> linears_to_store(const Mllama& model) {
  std::map<std::string, nn::LinearImpl*> result;
  const auto names = quantised_linears(model->config(), model->quantisation());
  const auto modules = model->named_modules();
  for (const auto& name : names) result[name + ".weight"] = modules[name]->as<nn::Linear>();
  return result;
}

bool is_narrower(at::ScalarType a, at::ScalarType b) {
  const auto largest = [](at::ScalarType t) {
    return t == at::kHalf       ? 65504.0
           : t == at::kBFloat16 ? 3.38e38
           : t == at::kFloat    ? 3.40e38
                                : 1.79e308;
  };
  return largest(a) < largest(b);
}

/// `weight` in `dtype`, or as it is if that can hold all of its values. Checkpoint error that names
/// it if one is beyond `dtype`: it would become infinite without a word.
at::Tensor in_range(const at::Tensor& weight, const std::string& name,
                    const std::filesystem::path& folder, at::ScalarType dtype) {
  if (!is_narrower(dtype, weight.scalar_type())) return weight;
  auto result = weight.to(dtype);
  if (tensorio::all_finite(result)) return result;
  throw_checkpoint("checkpoint ", folder.string(), " holds ", name, " with values up to ",
                   weight.to(at::kDouble).abs().max().item<double>(), ", expected what ",
                   c10::toString(dtype), " can hold; use --dtype bf16 or fp32");
}

void store(nn::LinearImpl& linear, const BaseQuantisation& quantisation, const at::Tensor& weight, const std::string& name, const std::filesystem::path& folder) {
  const auto options = linear.weight.options();
  if (quantisation.kind == nn::Quantisation::none) {
    const auto dtype = c10::typeMetaToScalarType(options.dtype());
    const auto dense = in_range(weight, name, folder, dtype).to(options.device(), dtype);
    return linear.store(quantisation.spread(layer_of(name), dense));
  }
  try {
    linear.store(std::make_shared<nn::QuantisedImpl>(quantisation.kind, weight, options.device()));
  } catch (const std::domain_error&) {
    throw_checkpoint("checkpoint ", folder.string(), " holds ", name, " with a value that is not finite, or beyond the range of ", to_string(quantisation.kind),
                     "; mend the checkpoint, or keep this linear dense (keep_dense)");
  }
}

}  // namespace

std::vector<std::pair<std::string, at::Tensor>> disk_tensors(const Mllama& model) {
  std::vector<std::pair<std::string, at::Tensor>> result;
  for (const auto& item : model->named_parameters())
    if (!is_adapter(item.key())) result.emplace_back(item.key(), item.value());
  return result;
}

Mllama load_model(const std::filesystem::path& folder, at::Device device, at::ScalarType dtype,
                  const BaseQuantisation& quantisation, std::optional<VisionStates> states) {
  const auto config = load_model_config(folder, states);
  warn_of_doubt(config.vision);
  const auto opened = open_checkpoint(folder);
  const auto& checkpoint = *opened;
  const auto stored = stored_names(checkpoint);
  check_table(config, checkpoint, stored);
  auto model = make_empty(config, at::TensorOptions().device(device).dtype(dtype), quantisation);
  const auto to_store = linears_to_store(model);
  const auto places = disk_tensors(model);

  Progress progress("loading " + folder.filename().string(), static_cast<std::int64_t>(places.size()), "tensors");
  const at::NoGradGuard guard;
  for (const auto& [name, place] : places) {
    const auto tensor = checkpoint.tensor(stored.at(name));
    tensorio::require_weights(tensor, stored.at(name), folder);
    if (const auto linear = to_store.find(name); linear != to_store.end())
      store(*linear->second, quantisation, tensor, name, folder);
    else
      place.copy_(in_range(tensor, stored.at(name), folder, dtype));
    checkpoint.forget_pages(stored.at(name));
    if (!to_store.empty()) give_back_free_memory();
    progress.advance();
  }
  model->eval();
  return model;
}

}  // namespace ecg_lora::model
