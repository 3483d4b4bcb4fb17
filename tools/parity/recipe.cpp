#include "parity/recipe.h"

#include <iostream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/inference/reference/reference_pass.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/model/check/check_checkpoint.h"

namespace ecg_lora::tools {

int run_parity(ParityRecipe& recipe) {
  auto& [base, adapter, vision_states, compute] = recipe.model;
  model::check_checkpoint(base);
  const auto device = model::parse_device(compute.device);
  inference::resolve_dtype(compute, base);
  const auto dtype = model::parse_dtype(compute.dtype);
  const auto states = model::chosen_vision_states(vision_states);
  const auto batch = inference::read_batch(recipe.inputs, model::load_model_config(base, states));
  const auto checked =
      inference::require_pass_memory({base, adapter, dtype, device.is_cuda(), recipe.force}, batch);
  auto model = inference::load_base(recipe.model, checked);
  std::cout << "vision states " << to_string(model->config().vision.kept_states()) << "\n";
  if (!adapter.empty()) std::cout << lora::load_adapter(model, adapter).table << "\n";
  if (recipe.steps > 0 && adapter.empty())
    throw_usage("--steps trains an adapter, but no --adapter was given; name one");
  model->eval();
  auto out = inference::forward_backward(model, batch);
  if (recipe.steps > 0)
    out.emplace_back("losses",
                     inference::adamw_losses(model, batch, recipe.steps, recipe.optimizer));
  tensorio::write_safetensors(recipe.out, out);
  std::cout << "wrote " << out.size() << " tensors to " << recipe.out << "\n";
  return 0;
}

}  // namespace ecg_lora::tools
