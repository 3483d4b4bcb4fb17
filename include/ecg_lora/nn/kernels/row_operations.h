// Norm, rotation and SwiGLU over whole tensors at once: by loops on the CPU, by kernels on CUDA if
// the build had its compiler.
#pragma once

#include <ATen/ATen.h>

namespace ecg_lora::nn {

/// The operations of one kind of device. All tensors of a call are on it and contiguous, and but
/// for `scale` (fp32) of one dtype, fp32 or bf16; nothing of that is checked. Results are written
/// into tensors that the caller allocated. Formulas: src/nn/kernels/formulas.h.
class RowOperations {
 public:
  virtual ~RowOperations() = default;
  /// RMSNorm of N rows: x, out [..., D], weight [D]; `scale` [N] gets 1 / sqrt(mean(x^2) + eps) of
  /// each row.
  virtual void rms_norm(const at::Tensor& x, const at::Tensor& weight, double eps,
                        const at::Tensor& out, const at::Tensor& scale) const = 0;
  /// The gradient of x to `out`, given that of the norm, `grad`, all [..., D], and its `scale` [N].
  virtual void rms_norm_backward(const at::Tensor& grad, const at::Tensor& x,
                                 const at::Tensor& weight, const at::Tensor& scale,
                                 const at::Tensor& out) const = 0;
  /// out = silu(gate) * up, all of one shape [...].
  virtual void swiglu(const at::Tensor& gate, const at::Tensor& up,
                      const at::Tensor& out) const = 0;
  /// The gradients of gate and up to `of_gate` and `of_up`, given that of swiglu(), `grad`; all of
  /// one shape [...].
  virtual void swiglu_backward(const at::Tensor& grad, const at::Tensor& gate, const at::Tensor& up,
                               const at::Tensor& of_gate, const at::Tensor& of_up) const = 0;
  /// x [B, H, S, d], of which only d need be contiguous, rotated by the angles of cos and sin [S,
  /// d] (or with `sign` -1 back) to out [B, S, H, d].
  virtual void rotate(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin, float sign,
                      const at::Tensor& out) const = 0;
};

/// Those for the device and dtype of `x`; null if there are none.
const RowOperations* row_operations(const at::Tensor& x);

/// Whether this build has them for that kind of device: for the CPU, and for CUDA if it was built
/// with CUDA's compiler.
bool has_row_operations(at::DeviceType device);

}  // namespace ecg_lora::nn
