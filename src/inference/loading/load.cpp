#include "ecg_lora/inference/loading/load.h"

#include <ATen/Parallel.h>

#include <filesystem>

#include "ecg_lora/base/log.h"
#include "ecg_lora/lora/adapter_file.h"
#include "ecg_lora/model/check/check_checkpoint.h"

namespace ecg_lora::inference {
namespace {

/// Parameters of an adapter that can be read; what is wrong with another is said when it is loaded.
std::int64_t adapter_parameters(const std::string& folder) {
  const auto file = std::filesystem::path(folder) / "adapter_model.safetensors";
  return std::filesystem::exists(file) ? lora::AdapterFile(folder).parameters() : 0;
}

}  // namespace

void check_files(const ModelChoice& choice) {
  model::check_checkpoint(choice.base);
  if (choice.adapter.empty()) return;
  const auto states = model::chosen_vision_states(choice.vision_states);
  lora::AdapterFile(choice.adapter).check_fits(model::load_model_config(choice.base, states));
}

plan::BaseLoad base_load(const ModelChoice& choice, bool cuda) {
  return plan::base_load(choice.base, base_quantisation(choice.compute),
                         model::parse_dtype(choice.compute.dtype), cuda);
}

plan::InferenceInput inference_input(const ModelChoice& choice, const plan::Prompts& prompts) {
  return {model::load_model_config(choice.base),
          base_quantisation(choice.compute),
          model::parse_dtype(choice.compute.dtype),
          choice.adapter.empty() ? 0 : adapter_parameters(choice.adapter),
          prompts,
          model::parse_device(choice.compute.device).is_cuda()};
}

plan::MemoryChecked require_memory(const std::string& command, ModelChoice& choice,
                                   const plan::Prompts& prompts,
                                   const plan::AcceptedSettings& accepted, bool force) {
  const auto& compute = choice.compute;
  resolve_dtype(choice.compute, choice.base);
  const auto input = inference_input(choice, prompts);
  const auto load = base_load(choice, input.cuda);
  const auto required = plan::inference_memory(load, input);
  const auto available = plan::available_memory(load.cuda);
  std::vector<plan::Alternative> alternatives;
  if (!plan::shortage(required, available).empty())
    alternatives = plan::inference_alternatives(load, input, accepted);
  const auto storage = compute.base_quantisation == "none" ? "" : "-" + compute.base_quantisation;
  return plan::require_memory(cat(command, " with ", choice.base, " in ", compute.dtype, storage),
                              required, alternatives, available, force);
}

model::Mllama load_base(const ModelChoice& choice, const plan::MemoryChecked&,
                        const model::PackWeight& shard) {
  const auto& compute = choice.compute;
  if (compute.threads > 0) at::set_num_threads(compute.threads);
  auto storage = base_quantisation(compute);
  if (storage.kind == nn::Quantisation::none && !storage.cache.empty())
    log_warn(cat("the cache of codes ", compute.quantised_cache, " is not used, since the base is ",
                 "not quantised; set base_quantisation to nf4 or int8"));
  storage.shard = shard;
  return model::load_model(choice.base, model::parse_device(compute.device),
                           model::parse_dtype(compute.dtype), storage,
                           model::chosen_vision_states(choice.vision_states));
}

LoadedModel load(const ModelChoice& choice, const plan::MemoryChecked& checked) {
  LoadedModel loaded{load_base(choice, checked), std::nullopt};
  if (!choice.adapter.empty()) loaded.adapter = lora::load_adapter(loaded.model, choice.adapter);
  loaded.model->eval();
  return loaded;
}

}  // namespace ecg_lora::inference
