#include "ecg_lora/nn/layers/activation_checkpointing.h"

namespace ecg_lora::nn {
namespace {

using Layer = std::function<at::Tensor(const at::Tensor&, const at::Tensor&)>;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// The layer and the random state it began with; held by the graph until the backward pass.
struct LayerRecipe : torch::CustomClassHolder {
  Layer layer;
  at::Device device = at::kCPU;
  at::Tensor random_state;
};

at::Generator generator(at::Device device) {
  return at::globalContext().defaultGenerator(device);
}

at::Tensor random_state(at::Device device) {
  auto source = generator(device);
  const std::lock_guard<std::mutex> lock(source.mutex());
  return source.get_state();
}

void set_random_state(at::Device device, const at::Tensor& state) {
  auto target = generator(device);
  const std::lock_guard<std::mutex> lock(target.mutex());
  target.set_state(state);
}

at::Tensor leaf(const at::Tensor& tensor) {
  return tensor.defined() ? tensor.detach().set_requires_grad(tensor.requires_grad()) : tensor;
}

/// Which of `tensors` need a gradient.
variable_list trained(const variable_list& tensors) {
  variable_list result;
  for (const auto& tensor : tensors)
    if (tensor.defined() && tensor.requires_grad()) result.push_back(tensor);
  return result;
}

class CheckpointedLayer : public torch::autograd::Function<CheckpointedLayer> {
 public:
  /// `parameters` are inputs, so that their gradients are summed by the outer graph, where those of
  /// a kept layer are. `other` is optional because libtorch takes no undefined tensor.
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            const std::optional<at::Tensor>& optional, at::TensorList parameters,
                            const c10::intrusive_ptr<LayerRecipe>& recipe) {
    const auto other = optional.value_or(at::Tensor());
    variable_list saved{x, other};
    saved.insert(saved.end(), parameters.begin(), parameters.end());
    context->save_for_backward(saved);
    context->saved_data["recipe"] = c10::IValue::make_capsule(recipe);
    const at::NoGradGuard guard;
    return recipe->layer(x, other);
  }

  static variable_list backward(AutogradContext* context, variable_list gradient) {
    const auto recipe =
        c10::static_intrusive_pointer_cast<LayerRecipe>(context->saved_data["recipe"].toCapsule());
    auto inputs = context->get_saved_variables();
    inputs[0] = leaf(inputs[0]), inputs[1] = leaf(inputs[1]);
    const auto after = random_state(recipe->device);
    set_random_state(recipe->device, recipe->random_state);
    const auto found = gradients(recipe->layer, inputs, gradient[0]);
    set_random_state(recipe->device, after);
    variable_list result;
    auto next = found.begin();
    for (const auto& input : inputs)
      result.push_back(input.defined() && input.requires_grad() ? *next++ : at::Tensor());
    result.emplace_back();  // of the recipe
    return result;
  }

 private:
  /// Of those of `inputs` (x, other, parameters) that need one.
  static variable_list gradients(const Layer& layer, const variable_list& inputs,
                                 const at::Tensor& gradient) {
    const at::AutoGradMode enable(true);
    const auto y = layer(inputs[0], inputs[1]);
    if (!y.requires_grad())
      return variable_list(
          trained(inputs)
              .size());  // a layer that has used none of its parameters, as text without images
    return torch::autograd::grad({y}, trained(inputs), {gradient}, /*retain_graph=*/false,
                                 /*create_graph=*/false, /*allow_unused=*/true);
  }
};

}  // namespace

at::Tensor checkpointed(const Layer& layer, const at::Tensor& x, const at::Tensor& other,
                        const std::vector<at::Tensor>& parameters) {
  const auto inputs = trained(parameters);
  const bool learns =
      !inputs.empty() || x.requires_grad() || (other.defined() && other.requires_grad());
  if (!at::GradMode::is_enabled() || !learns) return layer(x, other);
  auto recipe = c10::make_intrusive<LayerRecipe>();
  recipe->layer = layer;
  recipe->device = x.device();
  recipe->random_state = random_state(x.device());
  return CheckpointedLayer::apply(x, other.defined() ? std::optional(other) : std::nullopt,
                                  at::TensorList(inputs), recipe);
}

}  // namespace ecg_lora::nn
