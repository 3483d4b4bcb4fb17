#include "ecg_lora/train/loop/loss.h"

#include <ATen/record_function.h>
#include <torch/torch.h>

#include <algorithm>

#include "ecg_lora/base/error.h"

namespace ecg_lora::train {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Elements of one chunk of logits: what a GPU needs to be busy, and what fits next to the rest on
/// a CPU.
std::int64_t logits_at_once(at::Device device) {
  return device.is_cpu() ? std::int64_t{1} << 22 : std::int64_t{1} << 24;
}

/// Calls use(begin, end) for the chunks of `states` [n, D].
template <class F>
void in_chunks(model::MllamaImpl& model, const at::Tensor& states, F use) {
  const auto chunk =
      std::max<std::int64_t>(1, logits_at_once(states.device()) / model.config().text.vocab_size);
  for (std::int64_t begin = 0; begin < states.size(0); begin += chunk)
    use(begin, std::min(states.size(0), begin + chunk));
}

/// Cross-entropies of targets [n] added up; where `gradient` is defined, it gets their gradient in
/// `states` [n, D]. One chunk of logits lives at a time.
at::Tensor summed(model::MllamaImpl& model, const at::Tensor& states, const at::Tensor& targets,
                  at::Tensor gradient) {
  auto sum = at::zeros({}, states.options().dtype(at::kFloat));
  in_chunks(model, states, [&](std::int64_t begin, std::int64_t end) {
    auto logits = model.logits(states.slice(0, begin, end)).to(at::kFloat);
    const auto wanted = targets.slice(0, begin, end).unsqueeze(1);
    const auto whole = logits.logsumexp(1, /*keepdim=*/true);
    sum.add_((whole - logits.gather(1, wanted)).sum());
    if (!gradient.defined()) return;
    logits.sub_(whole).exp_().scatter_add_(1, wanted, at::full_like(whole, -1));
    gradient.slice(0, begin, end).copy_(model.logits_gradient(logits.to(states.scalar_type())));
  });
  return sum;
}

/// The output layer and the cross-entropy at once: the gradient is made with the value, so that no
/// logits are kept nor made twice.
class FusedCrossEntropy : public torch::autograd::Function<FusedCrossEntropy> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& states,
                            const at::Tensor& targets, model::MllamaImpl* model) {
    const auto gradient = at::empty_like(states);
    const auto sum = summed(*model, states, targets, gradient);
    context->save_for_backward({gradient});
    return sum;
  }
  static variable_list backward(AutogradContext* context, variable_list gradient) {
    const auto own = context->get_saved_variables()[0];
    return {own * gradient[0].to(own.scalar_type()), at::Tensor(), at::Tensor()};
  }
};

/// The same in libtorch's own operations.
at::Tensor plain(model::MllamaImpl& model, const at::Tensor& states, const at::Tensor& targets) {
  auto sum = at::zeros({}, states.options().dtype(at::kFloat));
  in_chunks(model, states, [&](std::int64_t begin, std::int64_t end) {
    sum = sum + at::cross_entropy_loss(model.logits(states.slice(0, begin, end)).to(at::kFloat),
                                       targets.slice(0, begin, end), {}, at::Reduction::Sum);
  });
  return sum;
}

at::Tensor cross_entropy(model::MllamaImpl& model, const at::Tensor& states,
                         const at::Tensor& labels) {
  RECORD_USER_SCOPE("output layer and loss");
  const auto targets = labels.to(states.device(), /*non_blocking=*/true);
  if (model.implementation() == nn::Implementation::libtorch) return plain(model, states, targets);
  const bool trained = at::GradMode::is_enabled() && states.requires_grad();
  return trained ? FusedCrossEntropy::apply(states, targets, &model)
                 : summed(model, states, targets, {});
}

/// Positions in the flattened [B, S] whose next token is labelled, and those labels; where the
/// batch is.
struct Labelled {
  at::Tensor positions, targets;
};

Labelled labelled(const data::Batch& batch) {
  const auto next = at::constant_pad_nd(batch.labels.slice(1, 1), {0, 1}, -100).flatten();
  const auto positions = next.ne(-100).nonzero().flatten();
  return {positions, next.index_select(0, positions)};
}

}  // namespace

std::int64_t answer_tokens(const data::Batch& batch) {
  return batch.labels.slice(1, 1).ne(-100).sum().item<std::int64_t>();
}

AnswerLoss answer_loss(model::Mllama& model, const data::Batch& batch, const at::Tensor& hidden) {
  const auto [positions, targets] = labelled(batch);
  if (positions.size(0) == 0) return {at::zeros({}, hidden.options().dtype(at::kFloat)), 0};
  return {cross_entropy(*model,
                        hidden.flatten(0, 1).index_select(
                            0, positions.to(hidden.device(), /*non_blocking=*/true)),
                        targets),
          positions.size(0)};
}

AnswerLoss batch_loss(model::Mllama& model, const data::Batch& batch) {
  const auto [positions, targets] = labelled(batch);
  if (positions.size(0) == 0)
    return {at::zeros({}, at::TensorOptions().device(model->device())), 0};
  return {cross_entropy(*model, model->hidden_at(batch, model->encode_images(batch), positions),
                        targets),
          positions.size(0)};
}

data::Batch first_with_answers(data::BatchSource& training) {
  for (std::int64_t i = 0; i < training.size(); ++i)
    if (auto batch = training.get(0, i); batch.rows() > 0 && answer_tokens(batch) > 0) return batch;
  throw_data("none of the ", training.size(),
             " batches of the training data has an answer token, "
             "expected something to learn; raise batch.max_tokens, or see which samples were left "
             "out and why");
}

}  // namespace ecg_lora::train
