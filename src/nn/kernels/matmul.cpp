#include "ecg_lora/nn/kernels/matmul.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/torch.h>

#include <algorithm>
#include <optional>

namespace ecg_lora::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t kMaxAtOnce =
    std::int64_t{1} << 24;  ///< elements of a weight that are wide at a time, 64 MiB

bool processor_says(const char* operation) {
  return c10::Dispatcher::singleton().findSchemaOrThrow(operation, "").typed<bool()>().call();
}

bool has_instructions(at::ScalarType type) {
  static const bool kBf16 = processor_says("mkldnn::_is_mkldnn_bf16_supported"),
                    kFp16 = processor_says("mkldnn::_is_mkldnn_fp16_supported");
  return type == at::kBFloat16 ? kBf16 : type != at::kHalf || kFp16;
}

/// use(begin, end) for parts of the rows of `weight`.
template <class F>
void in_parts(const at::Tensor& weight, F use) {
  const auto rows =
      std::max<std::int64_t>(1, kMaxAtOnce / std::max<std::int64_t>(1, weight.size(1)));
  for (std::int64_t begin = 0; begin < weight.size(0); begin += rows)
    use(begin, std::min(weight.size(0), begin + rows));
}

at::Tensor wide(const at::Tensor& x) {
  return x.to(at::kFloat);
}

at::Tensor wide_linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  auto shape = x.sizes().vec();
  shape.back() = weight.size(0);
  const auto rows = wide(rows_of(x));
  auto out = at::empty({rows.size(0), weight.size(0)}, x.options());
  in_parts(weight, [&](std::int64_t begin, std::int64_t end) {
    const auto part = bias.defined() ? wide(bias.slice(0, begin, end)) : bias;
    out.slice(1, begin, end).copy_(at::linear(rows, wide(weight.slice(0, begin, end)), part));
  });
  return out.view(shape);
}

class WideLinear : public torch::autograd::Function<WideLinear> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const std::optional<at::Tensor>& bias) {
    context->save_for_backward(
        {weight.requires_grad() ? x : at::Tensor(), x.requires_grad() ? weight : at::Tensor()});
    context->saved_data["has_bias"] = bias.has_value() && bias->requires_grad();
    return wide_linear(x, weight, bias.value_or(at::Tensor()));
  }
  static variable_list backward(AutogradContext* context, variable_list gradient) {
    const auto saved = context->get_saved_variables();
    const auto rows = rows_of(gradient[0]);
    variable_list result(3);
    if (saved[1].defined()) result[0] = nn::matmul(gradient[0], saved[1]);
    if (saved[0].defined()) result[1] = nn::matmul(rows.t(), rows_of(saved[0]));
    if (context->saved_data["has_bias"].toBool()) result[2] = rows.sum(0);
    return result;
  }
};

}  // namespace

bool lacks_matmul_instructions(const at::Tensor& x) {
  return x.is_cpu() && !has_instructions(x.scalar_type());
}

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  if (!lacks_matmul_instructions(x)) return at::linear(x, weight, bias);
  if (!at::GradMode::is_enabled()) return wide_linear(x, weight, bias);
  return WideLinear::apply(x, weight, bias.defined() ? std::optional(bias) : std::nullopt);
}

at::Tensor matmul(const at::Tensor& a, const at::Tensor& b) {
  if (!lacks_matmul_instructions(a)) return at::matmul(a, b);
  auto shape = a.sizes().vec();
  shape.back() = b.size(1);
  const auto rows = rows_of(a);
  auto sum = at::zeros({rows.size(0), b.size(1)}, a.options().dtype(at::kFloat));
  in_parts(b, [&](std::int64_t begin, std::int64_t end) {
    sum.addmm_(wide(rows.slice(1, begin, end)), wide(b.slice(0, begin, end)));
  });
  return sum.to(a.scalar_type()).view(shape);
}

void add_matmul(at::Tensor y, const at::Tensor& a, const at::Tensor& b, double factor) {
  if (lacks_matmul_instructions(a))
    y.copy_(wide(y).addmm_(wide(a), wide(b), 1, factor));
  else
    y.addmm_(a, b, 1, factor);
}

}  // namespace ecg_lora::nn
