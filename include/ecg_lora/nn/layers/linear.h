// A frozen linear layer with a slot for a low-rank adapter.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>

#include "ecg_lora/nn/quantised/packed_weight.h"

#include "ecg_lora/nn/layers/activation.h"
#include "ecg_lora/nn/layers/implementation.h"

namespace ecg_lora::nn {

/// A low-rank adapter of a Linear whose weight is W [out, in]. R is the rank.
struct Adapter {
  at::Tensor a, b;       ///< [R, in] and [out, R]
  at::Tensor magnitude;  ///< [out], the norm of each row that DoRA learns; undefined: no DoRA
  /// First values of a and b if scale * b0 a0 was taken out of W (PiSSA, OLoRA); undefined: W is
  /// whole.
  at::Tensor a0, b0;
  double scale = 1;    ///< alpha / R, or alpha / sqrt(R) with rsLoRA
  double dropout = 0;  ///< probability, on the adapter's input; below 1
};

/// One factor of an adapter: `weight` under a name of its own, so that named_parameters() yields
/// PEFT's names.
class FactorImpl : public torch::nn::Module {
 public:
  explicit FactorImpl(at::Tensor value) : weight(register_parameter("weight", std::move(value))) {}
  at::Tensor weight;
};
TORCH_MODULE(Factor);

/// Whether a linear gets memory for W when it is made. Without, W is all NaN until
/// allocate_weight() or pack().
enum class WeightMemory { allocated, none };

/// y = x W^T + b, and with an adapter + scale * (dropout(x) A^T) B^T (Hu et al. 2021, arXiv
/// 2106.09685). With a magnitude m, the rows of W + scale * B A are rescaled to norm m; the norm is
/// held constant in the backward pass (DoRA, Liu et al. 2024, arXiv 2402.09353). Adapters are fp32
/// whatever the dtype of W; their products are computed in the dtype of x, as under autocast
/// (DoRA's in fp32), so that no copy of the states is made. A frozen linear, its adapter and the
/// activation before it are one operation for the backward pass, which cannot be differentiated
/// again.
class LinearImpl : public torch::nn::Module, public ImplementationOption {
 public:
  /// W [out, in] and, if `bias`, b [out]: not initialised, and frozen.
  LinearImpl(std::int64_t in, std::int64_t out, bool bias, const at::TensorOptions& options,
             WeightMemory memory = WeightMemory::allocated);

  /// x [..., in] to [..., out].
  at::Tensor forward(const at::Tensor& x) { return forward_activated(Activation::identity, x); }
  /// forward(activate(activation, x, gate)), x and gate [..., in]. The activation is computed again
  /// in the backward pass, not kept.
  at::Tensor forward_activated(Activation activation, const at::Tensor& x,
                               const at::Tensor& gate = {});

  /// x W^T + b, [..., in] to [..., out], without the adapter.
  at::Tensor base(const at::Tensor& x) const { return base(x, bias); }
  /// grad W, [..., out] to [..., in]: the gradient of x, given that of base(x).
  at::Tensor base_gradient(const at::Tensor& grad) const;

  /// Gives a W that was made without memory its own; its values are not initialised.
  void allocate_weight();
  /// Leaves W to `packed` from now on, for good. `weight` keeps its shape, dtype and device, but
  /// has no memory, and is all NaN. std::invalid_argument if W is packed already, or has an
  /// adapter.
  void pack(std::shared_ptr<PackedWeightImpl> packed);
  bool is_packed() const { return packed_ != nullptr; }
  /// W [out, in] in `dtype`; computed by each call if it is packed.
  at::Tensor dense_weight(at::ScalarType dtype) const {
    return is_packed() ? packed_->dense(dtype) : weight.to(dtype);
  }

  /// Takes the adapter, in place of one that was there, whose factors are put back into W. Copies
  /// of its tensors are made in fp32 on W's device. std::invalid_argument if shapes do not fit W,
  /// or factors are to be taken out of a packed W.
  void set_adapter(const Adapter& adapter);
  bool has_adapter() const { return !lora_a_.is_empty(); }
  /// The adapter, if there is one; a, b and magnitude are the trainable parameters themselves.
  Adapter adapter() const;
  /// Euclidean norms of the rows of W + scale * B A, [out] in fp32.
  at::Tensor row_norms() const;

  at::Tensor weight, bias;  ///< W [out, in]; b [out] or undefined

 private:
  at::Tensor base(const at::Tensor& x, const at::Tensor& with_bias) const;
  at::Tensor plain(const at::Tensor& x);
  at::Tensor rescaled(const at::Tensor& x, const at::Tensor& y, const at::Tensor& dropped,
                      const at::Tensor& update);
  void shift_weight(double factor);

  Factor lora_a_{nullptr}, lora_b_{nullptr}, magnitude_{nullptr};
  std::shared_ptr<PackedWeightImpl> packed_;
  at::Tensor a0_, b0_;
  double scale_ = 0, dropout_ = 0;
};
TORCH_MODULE(Linear);

}  // namespace ecg_lora::nn
