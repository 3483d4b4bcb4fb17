#include "base_room.h"

#include <filesystem>

#include "ecg_lora/lora/adapter_file.h"

namespace ecg_lora::tools {
namespace {

/// Parameters of an adapter that can be read; what is wrong with another is said when it is loaded.
std::int64_t adapter_parameters(const std::string& folder) {
  const auto file = std::filesystem::path(folder) / "adapter_model.safetensors";
  return std::filesystem::exists(file) ? lora::AdapterFile(folder).parameters() : 0;
}

}  // namespace

void resolve_dtype(ComputeConfig& compute, const std::string& model, model::Training training) {
  if (compute.dtype == "auto")
    compute.dtype = model::dtype_name(model::chosen_dtype(compute.dtype, model, training));
}

plan::BaseLoad base_load(const ComputeConfig& compute, const std::string& model, bool cuda) {
  return plan::base_load(model, base_quantisation(compute), model::parse_dtype(compute.dtype),
                         cuda);
}

plan::InferenceInput inference_input(const ComputeConfig& compute, const std::string& model,
                                     const std::string& adapter, const plan::Prompts& prompts) {
  return {model::load_model_config(model),
          base_quantisation(compute),
          model::parse_dtype(compute.dtype),
          adapter.empty() ? 0 : adapter_parameters(adapter),
          prompts,
          model::parse_device(compute.device).is_cuda()};
}

void require_room(const std::string& command, ComputeConfig& compute, const std::string& model,
                  const std::string& adapter, const plan::Prompts& prompts,
                  const plan::Spelling& spelling) {
  resolve_dtype(compute, model);
  const auto input = inference_input(compute, model, adapter, prompts);
  const auto load = base_load(compute, model, input.cuda);
  const auto need = plan::inference_need(load, input);
  const auto room = plan::room_now(load.cuda);
  compute.approved = true;
  if (plan::shortage(need, room).empty()) return;
  const auto storage = compute.base_quantisation == "none" ? "" : "-" + compute.base_quantisation;
  plan::require_room(cat(command, " with ", model, " in ", compute.dtype, storage), need,
                     plan::inference_options(load, input, spelling), room, compute.force);
}

}  // namespace ecg_lora::tools
