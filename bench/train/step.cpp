// Steps of training and passes of the model, one for each line on stdin, timed; compare.py holds
// them against transformers and peft.
#include <torch/torch.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <ctime>
#include <iomanip>
#include <iostream>

#include "ecg_lora/base/json.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/inference/decoding/likelihood.h"
#include "ecg_lora/inference/reference/reference_pass.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/model/mllama/mllama.h"
#include "ecg_lora/plan/training/training_plan.h"
#include "ecg_lora/train/loop/loss.h"
#include "ecg_lora/train/loop/optimizer.h"
#include "ecg_lora/train/loop/train_job.h"
#include "op_times.h"
#include "peak_memory.h"
#include "random_model.h"

namespace {

using namespace ecg_lora;

struct Options {
  std::string model, adapter, inputs, device = "cpu", dtype = "fp32", checkpointing = "none";
  std::int64_t questions = 1;
  int threads = 2;
  bool operators = false, unfused = false, random = false;
};

/// The batch of a file in transformers' shapes, in which `questions` rows in a run repeat one
/// image: here it stands once.
data::Batch read_inputs(const Options& options) {
  auto batch = inference::read_batch(options.inputs, model::load_model_config(options.model));
  if (options.questions == 1) return batch;
  const auto first = at::arange(0, batch.rows(), options.questions);
  for (auto* tensor : {&batch.pixels, &batch.aspect_ratio_id, &batch.aspect_ratio_mask})
    *tensor = tensor->index_select(0, first).contiguous();
  batch.row_images = at::arange(batch.rows()).floor_divide(options.questions).view({-1, 1});
  return batch;
}

model::Mllama make_model(const Options& options) {
  const auto device = model::parse_device(options.device);
  const auto dtype = model::parse_dtype(options.dtype);
  return options.random ? bench::random_model(options.model, device, dtype)
                        : model::load_model(options.model, device, dtype);
}

/// What plan::plan_training() is to know of the step: the adapters are on all linears of the towers
/// that have any.
plan::TrainingInput training_input(const model::Mllama& model, const data::Batch& batch) {
  plan::TrainingInput input;
  input.model = model->config();
  input.dtype = model->dtype();
  input.cuda = model->device().is_cuda();
  input.lora.vision.clear();
  for (const auto& [name, tensor] : lora::adapter_tensors(model)) {
    if (name.find("lora_A") != std::string::npos) input.lora.rank = tensor.size(0);
    if (name.find("vision_model") != std::string::npos) input.lora.vision = {"*"};
  }
  input.batch = {batch.rows(),
                 batch.tokens.size(1),
                 batch.pixels.size(0),
                 train::answer_tokens(batch),
                 0,
                 batch.attention_mask.sum().item<std::int64_t>()};
  return input;
}

class Bench {
 public:
  explicit Bench(const Options& options) : model_(make_model(options)) {
    lora::load_adapter(model_, options.adapter);
    train::LoopConfig loop;
    loop.activation_checkpointing = options.checkpointing;
    if (options.unfused) model_->set_implementation(nn::Implementation::libtorch);
    model_->set_activation_checkpointing(train::activation_checkpointing(loop));
    batch_ = read_inputs(options);
    train::OptimizerConfig config;
    config.lr = 1e-4;
    optimizer_ = std::make_unique<train::AdamW>(lora::trainable_parameters(model_), config);
  }

  /// Arithmetic of a step without recomputation.
  double flops() const { return plan::plan_training(training_input(model_, batch_)).flops; }

  Json run(const std::string& what, const std::string& argument) {
    if (what == "step") return step();
    if (what == "gradients") return gradients(argument);
    if (what == "adapter")
      return tensorio::write_safetensors(argument, detached(lora::adapter_tensors(model_))),
             Json::object();
    const at::NoGradGuard guard;
    model_->eval();
    if (what == "forward")
      return {{"value", model_->logits(hidden())
                            .index({batch_.attention_mask.to(model_->device(), at::kBool)})
                            .to(at::kFloat)
                            .abs()
                            .mean()
                            .item<double>()}};
    if (what == "loss") return {{"value", loss().item<double>()}};
    if (what == "evaluate")
      return {{"value", decoding::yes_probabilities(
                            model_, batch_, decoding::AnswerVariants{.yes = {{5}}, .no = {{6}}})}};
    throw std::invalid_argument("no command " + what);
  }

 private:
  at::Tensor hidden() { return model_->hidden(batch_, model_->encode_images(batch_)); }

  at::Tensor loss() {
    const auto loss = train::batch_loss(model_, batch_);
    return loss.sum / static_cast<double>(loss.tokens);
  }

  /// What Trainer does for one batch, with the time of each part.
  Json step() {
    Json parts;
    auto last = std::chrono::steady_clock::now();
    const auto lap = [&](const char* name) {
      const auto now = std::chrono::steady_clock::now();
      parts[name] = std::chrono::duration<double>(now - last).count();
      last = now;
    };
    model_->train();
    optimizer_->zero_grad();
    const auto mean = loss();
    lap("forward");
    mean.backward();
    lap("backward");
    const double norm = optimizer_->clip();
    optimizer_->step(1e-4);
    lap("optimizer");
    return {{"value", mean.item<double>()}, {"norm", norm}, {"parts", parts}};
  }

  Json gradients(const std::string& file) {
    model_->train();
    optimizer_->zero_grad();
    const auto mean = loss();
    mean.backward();
    tensorio::NamedTensors out;
    for (const auto& [name, tensor] : lora::adapter_tensors(model_))
      out.emplace_back(name, tensor.grad().defined() ? tensor.grad() : at::zeros_like(tensor));
    tensorio::write_safetensors(file, detached(out));
    return {{"value", mean.item<double>()}};
  }

  static tensorio::NamedTensors detached(const tensorio::NamedTensors& tensors) {
    tensorio::NamedTensors result;
    for (const auto& [name, tensor] : tensors) result.emplace_back(name, tensor.detach().cpu());
    return result;
  }

  model::Mllama model_;
  data::Batch batch_;
  std::unique_ptr<train::AdamW> optimizer_;
};

int serve(const Options& options) {
  at::set_num_threads(options.threads);
  at::mm(at::ones({64, 64}), at::ones({64, 64}));  // loads the matrix library
  const bool on_cpu = model::parse_device(options.device).is_cpu();
  bench::PeakMemory memory(model::parse_device(options.device));
  const auto idle = memory.now();
  if (options.operators) bench::watch_operators();
  Bench bench(options);
  std::cout << Json{{"idle_kb", idle}, {"flops", bench.flops()}}.dump() << std::endl;
  std::string what, argument;
  while (std::cin >> what >> argument) {
    memory.reset();
    const auto start = std::chrono::steady_clock::now();
    const auto processor = std::clock();
    auto reply = bench.run(what, argument);
    if (!on_cpu) torch::cuda::synchronize();
    reply["cpu"] = static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC;
    reply["seconds"] =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    reply["peak_kb"] = memory.peak();
    if (options.operators)
      for (const auto& [name, seconds] : bench::operator_times())
        if (seconds > 1e-3)
          std::cerr << std::setw(10) << std::fixed << std::setprecision(1) << 1e3 * seconds
                    << " ms " << name << "\n";
    std::cout << reply.dump() << std::endl;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Timed training steps and passes; reads commands from stdin: step, gradients FILE, adapter "
      "FILE, forward, loss, evaluate, each with an argument ('-' for none)");
  Options options;
  app.add_option("--model", options.model, "model folder")->required();
  app.add_option("--adapter", options.adapter, "PEFT adapter folder")->required();
  app.add_option("--inputs", options.inputs, "batch in transformers' names and shapes")->required();
  app.add_option("--questions", options.questions, "rows in a run that ask about one image")
      ->capture_default_str();
  app.add_flag("--random", options.random,
               "draw the weights on the device; of the model folder only config.json is read");
  app.add_option("--device", options.device, "cpu or cuda")->capture_default_str();
  app.add_option("--dtype", options.dtype, "fp32, bf16 or fp16")->capture_default_str();
  app.add_option("--threads", options.threads, "CPU threads")->capture_default_str();
  app.add_option("--checkpointing", options.checkpointing, "as loop.activation_checkpointing")
      ->capture_default_str();
  app.add_flag("--unfused", options.unfused,
               "compute in libtorch's own operations, as the tests of fused ones do");
  app.add_flag("--operators", options.operators,
               "print the time of each operator after each command, on stderr");
  CLI11_PARSE(app, argc, argv);
  return guarded([&] { return serve(options); });
}
