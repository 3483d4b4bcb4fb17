#include "ecg_lora/nn/layers/attention.h"

#include "ecg_lora/nn/kernels/matmul.h"

namespace ecg_lora::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t kFewKeys = 256;  ///< measured, see backward_in_fp32()

bool is_on_cpu(const at::Tensor& x) {
  return x.is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16);
}

/// In fp32 if the processor is slow in the dtype of x.
at::Tensor widened(const at::Tensor& x) {
  return lacks_matmul_instructions(x) ? x.to(at::kFloat) : x;
}

/// [B, K, S, d] to [B, H, S, d]: each key/value head serves H / K query heads in a row.
at::Tensor repeat_heads(const at::Tensor& x, std::int64_t heads) {
  if (x.size(1) == heads) return x;
  return x.unsqueeze(2).expand({-1, -1, heads / x.size(1), -1, -1}).flatten(1, 2);
}

/// The gradient of repeat_heads().
at::Tensor sum_heads(const at::Tensor& x, std::int64_t heads) {
  if (x.size(1) == heads) return x;
  return x.unflatten(1, {heads, x.size(1) / heads}).sum(2);
}

/// libtorch's kernels on the CPU; keeps keys and values once for each key/value head.
class FlashAttention : public torch::autograd::Function<FlashAttention> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& q, const at::Tensor& k,
                            const at::Tensor& v, bool causal) {
    const auto [wide_out, logsumexp] = at::_scaled_dot_product_flash_attention_for_cpu(
        widened(q), widened(repeat_heads(k, q.size(1))), widened(repeat_heads(v, q.size(1))), 0.0,
        causal);
    const auto out = wide_out.to(q.scalar_type());
    context->save_for_backward({q, k, v, out, logsumexp});
    context->saved_data["causal"] = causal;
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradient) {
    const auto saved = context->get_saved_variables();
    const auto &q = saved[0], &k = saved[1], &v = saved[2];
    const auto heads = q.size(1), shared = k.size(1);
    const bool wide = lacks_matmul_instructions(q) ||
                      (backward_in_fp32(k.size(2)) && q.scalar_type() == at::kBFloat16);
    const auto in = [wide](const at::Tensor& x) { return wide ? x.to(at::kFloat) : x; };
    const auto [dq, dk, dv] = at::_scaled_dot_product_flash_attention_for_cpu_backward(
        in(gradient[0]), in(q), in(repeat_heads(k, heads)), in(repeat_heads(v, heads)),
        in(saved[3]), saved[4], 0.0, context->saved_data["causal"].toBool());
    return {dq.to(q.scalar_type()), sum_heads(dk, shared).to(q.scalar_type()),
            sum_heads(dv, shared).to(q.scalar_type()), at::Tensor()};
  }
};

/// attend() without a copy of keys and values for each query head: the query heads that share a
/// key/value head become one run of queries, and the mask, if there is one, is repeated for
/// each.
at::Tensor attend_shared(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                         const std::optional<at::Tensor>& mask, Implementation implementation) {
  const auto share = q.size(1) / k.size(1);
  const auto runs = q.reshape({q.size(0), k.size(1), share * q.size(2), q.size(3)});
  const bool repeated = mask && mask->size(2) > 1;
  return attend(runs, k, v, repeated ? std::make_optional(mask->repeat({1, 1, share, 1})) : mask,
                false, implementation)
      .reshape(q.sizes());
}

}  // namespace

bool backward_in_fp32(std::int64_t keys) {
  return keys <= kFewKeys;
}

at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                  const std::optional<at::Tensor>& mask, bool causal,
                  Implementation implementation) {
  const bool keeps =
      at::GradMode::is_enabled() && (q.requires_grad() || k.requires_grad() || v.requires_grad());
  if (!causal && q.size(1) != k.size(1) && (!mask || !keeps))
    return attend_shared(q, k, v, mask, implementation);
  if (keeps && !mask && implementation == Implementation::fused && is_on_cpu(q) && q.numel() > 0)
    return FlashAttention::apply(q, k, v, causal);
  return at::scaled_dot_product_attention(widened(q), widened(repeat_heads(k, q.size(1))),
                                          widened(repeat_heads(v, q.size(1))), mask,
                                          /*dropout_p=*/0.0, causal)
      .to(q.scalar_type());
}

}  // namespace ecg_lora::nn
