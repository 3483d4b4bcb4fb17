// The memory that training steps really take, for comparison with the plan.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <string>

#include "ecg_lora/lora/lora.h"
#include "ecg_lora/plan/training/training_plan.h"
#include "ecg_lora/train/loop/loss.h"
#include "ecg_lora/train/loop/optimizer.h"
#include "ecg_lora/train/loop/tensor_memory.h"
#include "ecg_lora/train/loop/train_job.h"

namespace ecg_lora::plan::testing {

/// A batch of that shape: random pixels on all tiles, each row about its image, padding on the
/// right of every row. Where it is masked no token looks at the last tile.
inline data::Batch make_batch(const model::ModelConfig& config, const BatchShape& shape) {
  data::Batch batch;
  const auto& vision = config.vision;
  if (shape.images > 0) {
    batch.pixels =
        at::rand({shape.images, vision.max_tiles, 3, vision.image_size, vision.image_size});
    batch.aspect_ratio_id = at::ones({shape.images}, at::kLong);
    batch.aspect_ratio_mask = at::ones({shape.images, vision.max_tiles}, at::kLong);
    batch.row_images =
        at::arange(shape.images).repeat_interleave(shape.rows / shape.images).unsqueeze(1);
    batch.cross_mask = at::ones({shape.rows, shape.tokens, 1, vision.max_tiles}, at::kBool);
    if (shape.masked) batch.cross_mask.select(3, -1).fill_(false);
  }
  batch.tokens = at::randint(0, config.text.vocab_size, {shape.rows, shape.tokens}, at::kLong);
  batch.attention_mask = at::ones({shape.rows, shape.tokens}, at::kLong);
  batch.labels = at::full({shape.rows, shape.tokens}, -100, at::kLong);
  const auto real = shape.text_tokens > 0 ? shape.text_tokens / shape.rows : shape.tokens,
             answer = real - shape.answers / shape.rows;
  batch.attention_mask.slice(1, real).zero_();
  batch.labels.slice(1, answer, real).copy_(batch.tokens.slice(1, answer, real));
  return batch;
}

struct Measured {
  std::int64_t before = 0;  ///< bytes before the first step: weights, adapters
  std::int64_t kept =
      0;  ///< after the forward pass of the second step, less what was there before it
  std::int64_t peak = 0;  ///< of the second step, when the optimizer's state is there
};

/// Replaces the weights that `base` quantises by their codes.
inline void quantise(model::Mllama& model, const model::BaseQuantisation& base) {
  const auto modules = model->named_modules();
  for (const auto& name : model::quantised_linears(model->config(), base)) {
    auto* linear = modules[name]->as<nn::Linear>();
    linear->pack(std::make_shared<nn::QuantisedImpl>(base.kind, linear->weight.clone(),
                                                     linear->weight.device()));
  }
  model->set_quantisation(base);
}

/// A model of that shape, with values that do not matter, that is trained as `input` says.
inline model::Mllama make_model(const TrainingInput& input) {
  model::Mllama model(input.model, at::TensorOptions().dtype(input.dtype));
  const at::NoGradGuard guard;
  for (auto& parameter : model->parameters()) parameter.normal_(0, 0.02);
  if (input.base.kind != nn::Quantisation::none) quantise(model, input.base);
  if (input.loop.trainable == "lora")
    lora::inject(model, input.lora, 1);
  else
    lora::train_everything(model);
  model->set_activation_checkpointing(train::activation_checkpointing(input.loop));
  return model;
}

/// Two steps.
inline Measured measure(const TrainingInput& input) {
  train::TensorMemory memory(at::kCPU);
  const auto start = memory.now();
  Measured result;
  {
    const at::NoGradGuard guard;
    auto model = make_model(input);
    result.before = memory.now() - start;
    train::AdamW optimizer(lora::trainable_parameters(model), input.optimizer);
    const auto batch = make_batch(input.model, input.batch);
    const at::AutoGradMode enable(true);
    for (int step = 0; step < 2; ++step) {
      optimizer.zero_grad();
      memory.reset_peak();
      const auto fixed = memory.now();
      const auto loss = train::batch_loss(model, batch);
      result.kept = memory.now() - fixed;
      loss.sum.backward();
      optimizer.clip();
      optimizer.step(1e-4);
    }
    result.peak = memory.peak() - start;
  }
  return result;
}

}  // namespace ecg_lora::plan::testing
