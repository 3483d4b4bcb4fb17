#include "ecg_lora/nn/checkpoint.h"

namespace ecg_lora::nn {
namespace {

using Layer = std::function<at::Tensor(const at::Tensor&, const at::Tensor&)>;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// The layer and the random state it began with; held by the graph until the backward pass.
struct Recipe : torch::CustomClassHolder {
  Layer layer;
  at::Device device = at::kCPU;
  at::Tensor random_state;
};

at::Generator generator(at::Device device) { return at::globalContext().defaultGenerator(device); }

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

class Checkpoint : public torch::autograd::Function<Checkpoint> {
 public:
  /// `anchor` always needs a gradient, so that the node is kept where only the layer's own parameters need one.
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const std::optional<at::Tensor>& maybe_other,
                            const at::Tensor& /*anchor*/, const c10::intrusive_ptr<Recipe>& recipe) {
    const auto other = maybe_other.value_or(at::Tensor());
    context->save_for_backward({x, other});
    context->saved_data["recipe"] = c10::IValue::make_capsule(recipe);
    const at::NoGradGuard guard;
    return recipe->layer(x, other);
  }

  static variable_list backward(AutogradContext* context, variable_list gradient) {
    auto recipe = c10::static_intrusive_pointer_cast<Recipe>(context->saved_data["recipe"].toCapsule());
    const auto saved = context->get_saved_variables();
    const auto x = leaf(saved[0]), other = leaf(saved[1]);
    const auto after = random_state(recipe->device);
    set_random_state(recipe->device, recipe->random_state);
    {
      const at::AutoGradMode enable(true);
      recipe->layer(x, other).backward(gradient[0]);
    }
    set_random_state(recipe->device, after);
    return {x.grad(), other.defined() ? other.grad() : at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

at::Tensor checkpointed(const Layer& layer, const at::Tensor& x, const at::Tensor& other) {
  if (!at::GradMode::is_enabled()) return layer(x, other);
  auto recipe = c10::make_intrusive<Recipe>();
  recipe->layer = layer;
  recipe->device = x.device();
  recipe->random_state = random_state(x.device());
  const auto anchor = at::empty({0}, x.options().dtype(at::kFloat)).set_requires_grad(true);
  return Checkpoint::apply(x, other.defined() ? std::optional<at::Tensor>(other) : std::nullopt, anchor, recipe);
}

}  // namespace ecg_lora::nn
