// ecg-lora-parity: holds the model against the reference implementation on inputs in transformers'
// names and shapes.
#include <torch/torch.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "command.h"
#include "ecg_lora/base/command_line.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/model/check_checkpoint.h"
#include "ecg_lora/model/mllama.h"
#include "ecg_lora/model/stored_dtype.h"
#include "ecg_lora/tensorio/safetensors.h"
#include "ecg_lora/train/loss.h"
#include "ecg_lora/train/optimizer.h"
#include "parity_pass.h"
#include "parity_room.h"
#include "vision_states_option.h"

namespace {

using namespace ecg_lora;

struct Options {
  std::string model, adapter, inputs, out, device = "auto", dtype = "auto", vision_states = "auto";
  bool force = false;
  std::int64_t steps = 0;
  double lr = 1e-3, weight_decay = 0.01, lora_plus_ratio = 1;
};

/// Losses before each of `steps` AdamW steps on the same batch.
at::Tensor descend(model::Mllama& model, const data::Batch& batch, const Options& options) {
  train::OptimizerConfig config;
  config.lr = options.lr;
  config.weight_decay = options.weight_decay;
  config.clip = 0;
  config.lora_plus_ratio = options.lora_plus_ratio;
  train::AdamW optimizer(lora::trainable_parameters(model), config);
  std::vector<float> losses;
  for (std::int64_t step = 0; step < options.steps; ++step) {
    optimizer.zero_grad();
    const auto loss =
        train::answer_loss(model, batch, model->hidden(batch, model->encode_images(batch)));
    const auto mean = loss.sum / static_cast<double>(loss.tokens);
    losses.push_back(mean.item<float>());
    if (!mean.requires_grad()) continue;  // no adapter takes part: nothing is learnt
    mean.backward();
    optimizer.step(options.lr);
  }
  return at::tensor(losses);
}

int run(const Options& options) {
  model::check_checkpoint(options.model);
  const auto device = model::parse_device(options.device);
  const auto dtype = model::chosen_dtype(options.dtype, options.model);
  const auto states = model::chosen_vision_states(options.vision_states);
  const auto batch =
      tools::read_batch(options.inputs, model::load_model_config(options.model, states));
  tools::require_parity_room(
      {options.model, options.adapter, dtype, device.is_cuda(), options.force}, batch);
  auto model = model::load_model(options.model, device, dtype, {}, states);
  std::cout << "vision states " << to_string(model->config().vision.kept()) << "\n";
  if (!options.adapter.empty())
    std::cout << lora::load_adapter(model, options.adapter).table << "\n";
  if (options.steps > 0 && options.adapter.empty())
    throw_usage("--steps trains an adapter, but no --adapter was given; name one");
  model->eval();
  auto out = tools::forward_backward(model, batch);
  if (options.steps > 0) out.emplace_back("losses", descend(model, batch, options));
  tensorio::write_safetensors(options.out, out);
  std::cout << "wrote " << out.size() << " tensors to " << options.out << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(tools::command_description, tools::command_name);
  Options options;
  app.add_option("--model", options.model, "model folder")->required();
  app.add_option("--adapter", options.adapter, "PEFT adapter folder");
  app.add_option("--inputs", options.inputs,
                 "safetensors with input_ids, attention_mask, pixel_values, …")
      ->required();
  app.add_option("--out", options.out,
                 "safetensors to write: logits, loss, grad.<adapter tensor>, losses")
      ->required();
  app.add_option("--device", options.device, "auto, cpu or cuda")->capture_default_str();
  app.add_option("--dtype", options.dtype,
                 "of the weights: auto (as the checkpoint stores them), fp32, bf16 or fp16")
      ->capture_default_str();
  app.add_flag("--force", options.force, "go on if the model will not fit into memory");
  tools::add_vision_states(app, options.vision_states);
  app.add_option("--steps", options.steps, "AdamW steps on the inputs; their losses are written")
      ->capture_default_str();
  app.add_option("--lr", options.lr, "learning rate of the steps")->capture_default_str();
  app.add_option("--weight-decay", options.weight_decay, "weight decay of the steps")
      ->capture_default_str();
  app.add_option("--lora-plus-ratio", options.lora_plus_ratio,
                 "learning rate of lora_B over that of lora_A")
      ->capture_default_str();
  app.footer(
      "Example: ecg-lora-parity --model tiny --adapter tiny-lora --inputs in.safetensors --out "
      "out.safetensors");
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    return run(options);
  });
}
