#include "parity_pass.h"

#include "ecg_lora/base/log.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/train/loss.h"

namespace ecg_lora::tools {

data::Batch read_batch(const std::string& path) {
  const tensorio::SafetensorsFile file(path);
  const auto optional = [&](const char* name) { return file.has(name) ? file.tensor(name).clone() : at::Tensor(); };
  data::Batch batch;
  batch.tokens = file.tensor("input_ids").to(at::kLong, false, true);
  const auto rows = batch.tokens.size(0), count = batch.tokens.size(1);
  const auto mask = optional("attention_mask");
  batch.attention_mask = mask.defined() ? mask.to(at::kLong) : at::ones({rows, count}, at::kLong);
  const auto labels = optional("labels");
  batch.labels = labels.defined() ? labels.to(at::kLong) : at::full({rows, count}, -100, at::kLong);
  const auto pixels = optional("pixel_values");
  if (!pixels.defined()) return batch;
  const auto most = pixels.size(1), tiles = pixels.size(2);
  batch.pixels = pixels.flatten(0, 1);
  batch.aspect_ratio_id = file.tensor("aspect_ratio_ids").to(at::kLong, false, true).flatten();
  batch.aspect_ratio_mask = file.tensor("aspect_ratio_mask").to(at::kLong, false, true).flatten(0, 1);
  const auto looks = optional("row_images");
  batch.row_images = looks.defined() ? looks.to(at::kLong) : at::arange(rows * most, at::kLong).view({rows, most});
  const auto cross = optional("cross_attention_mask");
  batch.cross_mask = cross.defined() ? cross.ne(0) : at::ones({rows, count, most, tiles}, at::kBool);
  return batch;
}

tensorio::NamedTensors forward_backward(model::Mllama& model, const data::Batch& batch) {
  tensorio::NamedTensors out;
  const auto images = model->encode_images(batch);
  const auto hidden = model->hidden(batch, images);
  out.emplace_back("logits", model->logits(hidden).to(at::kFloat).detach().cpu());
  const auto loss = train::answer_loss(model, batch, hidden);
  out.emplace_back("loss", (loss.sum / static_cast<double>(std::max<std::int64_t>(loss.tokens, 1))).to(at::kFloat).detach().cpu());
  const auto adapters = lora::adapter_tensors(model);
  if (adapters.empty() || loss.tokens == 0) return out;
  // Adapters of the vision tower take no part in an answer about no page: their gradients are 0.
  if (loss.sum.requires_grad())
    (loss.sum / static_cast<double>(loss.tokens)).backward();
  else
    log_warn("no adapter takes part in these inputs, which teach it nothing: all gradients are 0");
  for (const auto& [name, tensor] : adapters) {
    const auto& gradient = tensor.grad();
    out.emplace_back("grad." + name, gradient.defined() ? gradient.cpu() : at::zeros_like(tensor).cpu());
  }
  return out;
}

}  // namespace ecg_lora::tools
