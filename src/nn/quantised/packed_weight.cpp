#include "ecg_lora/nn/quantised/packed_weight.h"

#include "ecg_lora/nn/kernels/matmul.h"

namespace ecg_lora::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Weight and bias, held by the graph until the backward pass.
struct Held : torch::CustomClassHolder {
  std::shared_ptr<PackedWeightImpl> weight;
  at::Tensor bias;
};

class PackedProduct : public torch::autograd::Function<PackedProduct> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            const c10::intrusive_ptr<Held>& held) {
    context->saved_data["weight"] = c10::IValue::make_capsule(held);
    return nn::linear(x, held->weight->dense(x.scalar_type()), held->bias);
  }
  static variable_list backward(AutogradContext* context, variable_list gradient) {
    const auto held =
        c10::static_intrusive_pointer_cast<Held>(context->saved_data["weight"].toCapsule());
    return {nn::matmul(gradient[0], held->weight->dense(gradient[0].scalar_type())), at::Tensor()};
  }
};

}  // namespace

at::Tensor packed_linear(const at::Tensor& x, const std::shared_ptr<PackedWeightImpl>& weight,
                         const at::Tensor& bias) {
  if (!at::GradMode::is_enabled() || !x.requires_grad())
    return nn::linear(x, weight->dense(x.scalar_type()), bias);
  auto held = c10::make_intrusive<Held>();
  held->weight = weight;
  held->bias = bias;
  return PackedProduct::apply(x, held);
}

}  // namespace ecg_lora::nn
