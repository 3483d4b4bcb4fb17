#include "ecg_lora/inference/reference/reference_pass.h"

#include <algorithm>

#include "ecg_lora/base/log.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/model/mllama/not_finite.h"
#include "ecg_lora/tensorio/finite.h"
#include "ecg_lora/train/loop/loss.h"
#include "ecg_lora/train/loop/optimizer.h"

namespace ecg_lora::inference {
namespace {

at::Tensor on_host(const at::Tensor& tensor) {
  return tensor.to(at::kFloat).detach().cpu();
}

/// Gradients of `mean` by adapter tensor.
void add_gradients(const model::Mllama& model, const at::Tensor& mean,
                   tensorio::NamedTensors& out) {
  // Adapters of the vision tower take no part in an answer about no page: their gradients are 0.
  if (mean.requires_grad())
    mean.backward();
  else
    log_warn("no adapter takes part in these inputs, which teach it nothing: all gradients are 0");
  for (const auto& [name, tensor] : lora::adapter_tensors(model)) {
    const auto& gradient = tensor.grad();
    out.emplace_back("grad." + name,
                     gradient.defined() ? gradient.cpu() : at::zeros_like(tensor).cpu());
  }
}

}  // namespace

tensorio::NamedTensors forward_backward(model::Mllama& model, const data::Batch& batch) {
  tensorio::NamedTensors out;
  const auto images = model->encode_images(batch);
  const auto hidden = model->hidden(batch, images);
  out.emplace_back("logits", on_host(model->logits(hidden)));
  if (!tensorio::all_finite(out.back().second)) model::throw_not_finite(model, batch, images);
  const auto loss = train::answer_loss(model, batch, hidden);
  const auto mean = loss.sum / static_cast<double>(std::max<std::int64_t>(loss.tokens, 1));
  out.emplace_back("loss", on_host(mean));
  if (loss.tokens > 0 && !lora::adapter_tensors(model).empty()) add_gradients(model, mean, out);
  return out;
}

at::Tensor adamw_losses(model::Mllama& model, const data::Batch& batch, std::int64_t steps,
                        const train::OptimizerConfig& config) {
  train::AdamW optimizer(lora::trainable_parameters(model), config);
  std::vector<float> losses;
  for (std::int64_t step = 0; step < steps; ++step) {
    optimizer.zero_grad();
    const auto loss =
        train::answer_loss(model, batch, model->hidden(batch, model->encode_images(batch)));
    const auto mean = loss.sum / static_cast<double>(loss.tokens);
    losses.push_back(mean.item<float>());
    if (!mean.requires_grad()) continue;  // no adapter takes part: nothing is learnt
    mean.backward();
    optimizer.step(config.lr);
  }
  return at::tensor(losses);
}

}  // namespace ecg_lora::inference
