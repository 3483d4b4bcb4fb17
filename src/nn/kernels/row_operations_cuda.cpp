#include "row_operations_cuda.h"

#ifdef ECG_LORA_CUDA_KERNELS

#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "kernels_cuda.h"
#include "typed.h"

namespace ecg_lora::nn {
namespace {

/// launch(pointer-making object, stream) on the device of `x`, unless there is nothing to do. A
/// launch that failed throws c10::Error.
template <class F>
void on_device_of(const at::Tensor& x, F launch) {
  if (x.numel() == 0) return;
  const c10::cuda::CUDAGuard guard(x.device());
  with_type(x.scalar_type(),
            [&](auto data) { launch(data, c10::cuda::getCurrentCUDAStream().stream()); });
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

class OnCuda : public RowOperations {
 public:
  void rms_norm(const at::Tensor& x, const at::Tensor& weight, double eps, const at::Tensor& out,
                const at::Tensor& scale) const override {
    on_device_of(x, [&](auto data, auto stream) {
      kernels::cuda::rms_norm(data(x), data(weight), data(out), scale.data_ptr<float>(),
                              scale.numel(), x.size(-1), eps, stream);
    });
  }
  void rms_norm_backward(const at::Tensor& grad, const at::Tensor& x, const at::Tensor& weight,
                         const at::Tensor& scale, const at::Tensor& out) const override {
    on_device_of(x, [&](auto data, auto stream) {
      kernels::cuda::rms_norm_backward(data(grad), data(x), data(weight),
                                       scale.const_data_ptr<float>(), data(out), scale.numel(),
                                       x.size(-1), stream);
    });
  }
  void swiglu(const at::Tensor& gate, const at::Tensor& up, const at::Tensor& out) const override {
    on_device_of(up, [&](auto data, auto stream) {
      kernels::cuda::swiglu(data(gate), data(up), data(out), up.numel(), stream);
    });
  }
  void swiglu_backward(const at::Tensor& grad, const at::Tensor& gate, const at::Tensor& up,
                       const at::Tensor& of_gate, const at::Tensor& of_up) const override {
    on_device_of(up, [&](auto data, auto stream) {
      kernels::cuda::swiglu_backward(data(grad), data(gate), data(up), data(of_gate), data(of_up),
                                     up.numel(), stream);
    });
  }
  void rotate(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin, float sign,
              const at::Tensor& out) const override {
    const kernels::cuda::Heads shape{x.size(0),   x.size(1),   x.size(2),  x.size(3),
                                     x.stride(0), x.stride(1), x.stride(2)};
    on_device_of(x, [&](auto data, auto stream) {
      kernels::cuda::rotate(data(x), shape, data(cos), data(sin), data(out), sign, stream);
    });
  }
};

}  // namespace

const RowOperations* cuda_row_operations() {
  static const OnCuda kOnCuda;
  return &kOnCuda;
}

}  // namespace ecg_lora::nn

#else

namespace ecg_lora::nn {

const RowOperations* cuda_row_operations() {
  return nullptr;
}

}  // namespace ecg_lora::nn

#endif
