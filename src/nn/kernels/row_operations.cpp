#include "ecg_lora/nn/kernels/row_operations.h"

#include <ATen/Parallel.h>

#include <algorithm>

#include "row_operations_cuda.h"
#include "typed.h"

namespace ecg_lora::nn {
namespace {

/// use(begin, end) for parts of [0, rows), each of which is worth a thread.
template <class F>
void in_threads(std::int64_t rows, std::int64_t width, F use) {
  at::parallel_for(0, rows, std::max<std::int64_t>(1, 16384 / std::max<std::int64_t>(1, width)),
                   use);
}

class OnCpu : public RowOperations {
 public:
  void rms_norm(const at::Tensor& x, const at::Tensor& weight, double eps, const at::Tensor& out,
                const at::Tensor& scale) const override {
    const auto width = x.size(-1);
    with_type(x.scalar_type(), [&](auto data) {
      in_threads(scale.numel(), width, [&](std::int64_t begin, std::int64_t end) {
        kernels::rms_norm(data(x) + begin * width, data(weight), data(out) + begin * width,
                          scale.data_ptr<float>() + begin, end - begin, width, eps);
      });
    });
  }

  void rms_norm_backward(const at::Tensor& grad, const at::Tensor& x, const at::Tensor& weight,
                         const at::Tensor& scale, const at::Tensor& out) const override {
    const auto width = x.size(-1);
    with_type(x.scalar_type(), [&](auto data) {
      in_threads(scale.numel(), width, [&](std::int64_t begin, std::int64_t end) {
        kernels::rms_norm_backward(data(grad) + begin * width, data(x) + begin * width,
                                   data(weight), scale.const_data_ptr<float>() + begin,
                                   data(out) + begin * width, end - begin, width);
      });
    });
  }

  void swiglu(const at::Tensor& gate, const at::Tensor& up, const at::Tensor& out) const override {
    with_type(up.scalar_type(), [&](auto data) {
      in_threads(up.numel(), 1, [&](std::int64_t begin, std::int64_t end) {
        kernels::swiglu(data(gate) + begin, data(up) + begin, data(out) + begin, end - begin);
      });
    });
  }

  void swiglu_backward(const at::Tensor& grad, const at::Tensor& gate, const at::Tensor& up,
                       const at::Tensor& of_gate, const at::Tensor& of_up) const override {
    with_type(up.scalar_type(), [&](auto data) {
      in_threads(up.numel(), 1, [&](std::int64_t begin, std::int64_t end) {
        kernels::swiglu_backward(data(grad) + begin, data(gate) + begin, data(up) + begin,
                                 data(of_gate) + begin, data(of_up) + begin, end - begin);
      });
    });
  }

  void rotate(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin, float sign,
              const at::Tensor& out) const override {
    const auto batch = x.size(0), heads = x.size(1), tokens = x.size(2), size = x.size(3);
    with_type(x.scalar_type(), [&](auto data) {
      in_threads(batch * tokens, heads * size, [&](std::int64_t begin, std::int64_t end) {
        for (auto i = begin; i < end; ++i)
          for (std::int64_t head = 0; head < heads; ++head)
            kernels::rotate(
                data(x) + i / tokens * x.stride(0) + head * x.stride(1) + i % tokens * x.stride(2),
                data(cos) + i % tokens * size, data(sin) + i % tokens * size,
                data(out) + (i * heads + head) * size, size, sign);
      });
    });
  }
};

}  // namespace

const RowOperations* row_operations(const at::Tensor& x) {
  static const OnCpu kOnCpu;
  if (x.scalar_type() != at::kFloat && x.scalar_type() != at::kBFloat16) return nullptr;
  return x.is_cpu() ? &kOnCpu : x.is_cuda() ? cuda_row_operations() : nullptr;
}

bool has_row_operations(at::DeviceType device) {
  return device == at::kCPU || (device == at::kCUDA && cuda_row_operations());
}

}  // namespace ecg_lora::nn
