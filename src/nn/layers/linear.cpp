#include "ecg_lora/nn/layers/linear.h"

#include <limits>
#include <stdexcept>

#include "ecg_lora/nn/kernels/matmul.h"
#include "low_rank.h"

namespace ecg_lora::nn {
namespace {

at::Tensor own_copy(const at::Tensor& tensor, at::Device device) {
  return tensor.detach().to(device, at::kFloat, false, true);
}

bool fits(const Adapter& adapter, const at::Tensor& weight) {
  const auto pair = [&](const at::Tensor& a, const at::Tensor& b) {
    return a.dim() == 2 && b.dim() == 2 && a.size(1) == weight.size(1) &&
           b.size(0) == weight.size(0) && a.size(0) == b.size(1);
  };
  if (!pair(adapter.a, adapter.b)) return false;
  if (adapter.a0.defined() && !pair(adapter.a0, adapter.b0)) return false;
  return !adapter.magnitude.defined() ||
         (adapter.magnitude.dim() == 1 && adapter.magnitude.size(0) == weight.size(0));
}

/// One NaN seen as a tensor of any shape: whoever reads it by mistake will notice.
at::Tensor no_weight(at::IntArrayRef shape, const at::TensorOptions& options) {
  return at::full({1}, std::numeric_limits<double>::quiet_NaN(), options).expand(shape);
}

}  // namespace

LinearImpl::LinearImpl(std::int64_t in, std::int64_t out, bool with_bias,
                       const at::TensorOptions& options, WeightMemory memory) {
  weight = register_parameter(
      "weight",
      memory == WeightMemory::none ? no_weight({out, in}, options) : at::empty({out, in}, options),
      /*requires_grad=*/false);
  if (with_bias)
    bias = register_parameter("bias", at::empty({out}, options), /*requires_grad=*/false);
}

void LinearImpl::allocate_weight() {
  weight.set_data(at::empty(weight.sizes(), weight.options()));
}

void LinearImpl::pack(std::shared_ptr<PackedWeightImpl> packed) {
  if (has_adapter() || is_packed())
    throw std::invalid_argument(
        "the weight of a linear layer is packed once, before it has an adapter");
  packed_ = register_module("packed", std::move(packed));
  weight.set_data(no_weight(weight.sizes(), weight.options()));
}

at::Tensor LinearImpl::base(const at::Tensor& x, const at::Tensor& with_bias) const {
  return is_packed() ? packed_linear(x, packed_, with_bias) : nn::linear(x, weight, with_bias);
}

at::Tensor LinearImpl::base_gradient(const at::Tensor& grad) const {
  return nn::matmul(grad, is_packed() ? packed_->dense(grad.scalar_type()) : weight);
}

at::Tensor LinearImpl::forward_activated(Activation activation, const at::Tensor& x,
                                         const at::Tensor& gate) {
  const bool frozen = !weight.requires_grad() && !(bias.defined() && bias.requires_grad());
  if (!fused() || !frozen || !magnitude_.is_empty())
    return plain(activate(activation, x, gate, implementation()));
  if (!has_adapter() && activation == Activation::identity) return base(x);
  auto adapter = has_adapter() ? this->adapter() : Adapter{};
  if (!is_training()) adapter.dropout = 0;
  return low_rank_product(std::dynamic_pointer_cast<LinearImpl>(shared_from_this()), activation, x,
                          gate, adapter);
}

/// The layer in libtorch's own operations.
at::Tensor LinearImpl::plain(const at::Tensor& x) {
  const auto y = base(x);
  if (!has_adapter()) return y;
  const auto dtype = magnitude_.is_empty() ? x.scalar_type() : at::kFloat;
  auto dropped = x.to(dtype);
  if (dropout_ > 0 && is_training()) dropped = at::dropout(dropped, dropout_, /*train=*/true);
  const auto update =
      nn::linear(nn::linear(dropped, lora_a_->weight.to(dtype), {}), lora_b_->weight.to(dtype), {});
  return magnitude_.is_empty() ? y.add(update, scale_)
                               : rescaled(x, y, dropped, update).to(x.scalar_type());
}

/// y + (m / n - 1) dropout(x) W^T + (m / n) scale * update, with n the row norms. Without dropout,
/// x W^T is y without its bias.
at::Tensor LinearImpl::rescaled(const at::Tensor& x, const at::Tensor& y, const at::Tensor& dropped,
                                const at::Tensor& update) {
  const auto factor = magnitude_->weight / row_norms();
  auto unscaled = y.to(at::kFloat);
  if (dropout_ > 0 && is_training())
    unscaled = base(dropped.to(x.scalar_type()), {}).to(at::kFloat);
  else if (bias.defined())
    unscaled = unscaled - bias.to(at::kFloat);
  return y.to(at::kFloat) + (factor - 1) * unscaled + factor * update * scale_;
}

at::Tensor LinearImpl::row_norms() const {
  const at::NoGradGuard guard;
  return at::linalg_vector_norm(
      dense_weight(at::kFloat).add(at::mm(lora_b_->weight, lora_a_->weight), scale_), 2,
      at::OptionalIntArrayRef({1}));
}

/// W + factor * scale * b0 a0, rounded to the dtype of W.
void LinearImpl::shift_weight(double factor) {
  if (!a0_.defined()) return;
  const at::NoGradGuard guard;
  weight.copy_(weight.to(at::kFloat).add(at::mm(b0_, a0_), factor * scale_));
}

void LinearImpl::set_adapter(const Adapter& adapter) {
  if (is_packed() && adapter.a0.defined())
    throw std::invalid_argument("nothing can be taken out of a weight that is not dense");
  if (!fits(adapter, weight))
    throw std::invalid_argument("adapter factors do not fit the linear layer");
  for (const char* name : {"lora_A", "lora_B", "lora_magnitude_vector"})
    if (named_children().contains(name)) unregister_module(name);
  shift_weight(1);
  const auto device = weight.device();
  lora_a_ = register_module("lora_A", Factor(own_copy(adapter.a, device)));
  lora_b_ = register_module("lora_B", Factor(own_copy(adapter.b, device)));
  magnitude_ =
      adapter.magnitude.defined()
          ? register_module("lora_magnitude_vector", Factor(own_copy(adapter.magnitude, device)))
          : Factor(nullptr);
  a0_ = adapter.a0.defined() ? own_copy(adapter.a0, device) : at::Tensor();
  b0_ = adapter.a0.defined() ? own_copy(adapter.b0, device) : at::Tensor();
  scale_ = adapter.scale;
  dropout_ = adapter.dropout;
  shift_weight(-1);
}

Adapter LinearImpl::adapter() const {
  return {lora_a_->weight,
          lora_b_->weight,
          magnitude_.is_empty() ? at::Tensor() : magnitude_->weight,
          a0_,
          b0_,
          scale_,
          dropout_};
}

}  // namespace ecg_lora::nn
