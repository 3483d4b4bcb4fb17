#include "plan_recipe.h"

#include <algorithm>
#include <iomanip>
#include <iostream>

#include "base_room.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/model/check_checkpoint.h"
#include "ecg_lora/plan/arithmetic.h"
#include "plan_other.h"

namespace ecg_lora::tools {
namespace {

constexpr std::int64_t batches_to_look_at = 4;
constexpr std::int64_t answers_a_row = 4;  ///< "Yes", its end, and some

/// The largest of the first batches that training would get.
plan::BatchShape look_at_data(const TrainRecipe& recipe) {
  const auto set = load_data(recipe.data, recipe.model);
  const auto from =
      training_sources(recipe, set, model::load_model_config(recipe.model).pad_token_id);
  const auto source =
      data::make_training_data(from, data::Split::training, std::make_shared<data::SkipLog>())
          .source;
  plan::BatchShape largest;
  for (std::int64_t i = 0; i < std::min(batches_to_look_at, source->size()); ++i) {
    const auto batch = source->get(0, i);
    if (batch.rows() == 0) continue;
    const auto shape = plan::shape_of(batch);
    if (shape.rows * shape.tokens > largest.rows * largest.tokens) largest = shape;
  }
  if (largest.rows == 0)
    throw_data(
        "the first batches of the data hold no sample, expected rows to plan for; name --rows and "
        "--tokens");
  return largest;
}

plan::BatchShape batch_shape(const TrainRecipe& recipe, const PlanOptions& options) {
  auto shape = options.batch;
  if ((shape.rows > 0) != (shape.tokens > 0))
    throw_usage(
        "--rows and --tokens go together, got only one of them; give both, or neither to look at "
        "the data");
  if (shape.rows == 0 && (shape.text_tokens > 0 || shape.masked))
    throw_usage(
        "--text-tokens and --masked describe a batch of --rows and --tokens, got neither of these; "
        "give them, or look at the data without any");
  if (shape.text_tokens > shape.rows * shape.tokens)
    throw_usage("--text-tokens is ", shape.text_tokens, ", expected at most the ",
                shape.rows * shape.tokens, " of ", shape.rows, " rows of ", shape.tokens,
                " tokens; lower it");
  if (shape.rows == 0) {
    const auto answers = shape.answers;
    shape = look_at_data(recipe);
    if (answers > 0) shape.answers = answers;
    return shape;
  }
  shape.images = std::min<std::int64_t>(recipe.batch.images, shape.rows);
  if (shape.rows % shape.images != 0) shape.row_images = 1;
  if (shape.answers == 0) shape.answers = answers_a_row * shape.rows;
  return shape;
}

Json bytes_json(const plan::MemoryPlan& plan) {
  Json layers = Json::array();
  for (const auto& layer : plan.layers)
    layers.push_back({{"kind", layer.name},
                      {"layers", layer.count},
                      {"kept", layer.kept},
                      {"input", layer.input},
                      {"workspace", layer.workspace}});
  return {{"weights", weights_json(plan.weights)},
          {"adapters", plan.adapters},
          {"gradients", plan.gradients},
          {"optimizer", plan.optimizer},
          {"batch", plan.batch},
          {"activations", plan.activations},
          {"workspace", plan.workspace},
          {"total", plan.total()},
          {"peak_at", plan.peak_at},
          {"layers", layers}};
}

void print_plan(const TrainRecipe& recipe, const plan::PlanInput& input,
                const plan::MemoryPlan& plan) {
  const auto& batch = input.batch;
  print_base(recipe.model, recipe.compute);
  std::cout << "batch         " << batch.rows << " rows of " << batch.tokens << " tokens, "
            << batch.images << " images of " << input.model.vision.max_tiles << " tiles of "
            << input.model.vision.image_size << " px, " << batch.answers << " answer tokens\n";
  print_weights(plan.weights);
  print_bytes("adapters", plan.adapters);
  print_bytes("gradients", plan.gradients);
  print_bytes("optimizer", plan.optimizer);
  print_bytes("batch", plan.batch);
  print_bytes("activations", plan.activations,
              input.loop.activation_checkpointing == "none"
                  ? "without checkpointing"
                  : "with checkpointing of " + input.loop.activation_checkpointing + " layers");
  print_bytes("workspace", plan.workspace);
  print_bytes("total", plan.total(), plan.peak_at);
}

struct Verdict {
  std::int64_t usable;
  bool fits;
  std::vector<plan::Advice> advice;
};

void print_verdict(const PlanOptions& options, const Verdict& verdict) {
  std::cout << "device        " << std::defaultfloat << options.device_memory << " GB, "
            << static_cast<double>(verdict.usable) / 1e9
            << " GB of them for tensors: " << (verdict.fits ? "fits" : "does NOT fit") << "\n";
  if (verdict.advice.empty()) return;
  std::cout << "each of these alone:\n";
  for (std::size_t i = 0; i < verdict.advice.size(); ++i) {
    const auto& [change, total, changed] = verdict.advice[i];
    const bool last = i + 1 == verdict.advice.size();
    if (last)
      std::cout << (total <= verdict.usable ? "to fit:\n"
                                            : "all together, which is still too much:\n");
    std::cout << "  " << std::fixed << std::setprecision(3) << std::setw(10)
              << static_cast<double>(total) / 1e9 << " GB with --set " << change << "\n";
  }
}

void print_time(const PlanOptions& options, const plan::MemoryPlan& plan) {
  std::cout << "arithmetic    " << std::defaultfloat << std::setprecision(4) << plan.flops / 1e12
            << " TFLOP a step";
  if (options.tflops > 0)
    std::cout << "; " << plan.flops / 1e12 / options.tflops << " s at " << options.tflops
              << " TFLOP/s";
  std::cout << "\n";
}

}  // namespace

int run_plan(const TrainRecipe& given, const PlanOptions& options) {
  auto recipe = given;
  model::check_checkpoint(recipe.model);
  resolve_dtype(recipe.compute, recipe.model, training_of(recipe.loop.trainable));
  const auto input = plan_input(recipe, batch_shape(recipe, options),
                                recipe.compute.device == "cuda" ||
                                    (recipe.compute.device == "auto" && options.device_memory > 0));
  const auto plan = plan::plan_memory(input);
  const auto need = plan::training_need(base_load(recipe.compute, recipe.model, input.cuda), input,
                                        /*ranks=*/1);
  const auto room = plan::room_now(input.cuda && model::parse_device("auto").is_cuda());
  Verdict verdict{
      static_cast<std::int64_t>(options.device_memory * 1e9 * (1 - options.reserve)), true, {}};
  if (options.device_memory > 0)
    verdict.fits = plan.total() <= verdict.usable,
    verdict.advice = plan::advise(input, verdict.usable);
  if (options.json) {
    auto json = bytes_json(plan);
    json["batch_shape"] = {
        {"rows", input.batch.rows},
        {"tokens", input.batch.tokens},
        {"text_tokens", input.batch.text_tokens > 0 ? input.batch.text_tokens
                                                    : input.batch.rows * input.batch.tokens},
        {"images", input.batch.images},
        {"answers", input.batch.answers},
        {"masked", input.batch.masked}};
    json["flops"] = plan.flops;
    json.update(process_json(need, room));
    if (options.tflops > 0) json["seconds"] = plan.flops / 1e12 / options.tflops;
    if (options.device_memory > 0) {
      json["device"] = {{"bytes", options.device_memory * 1e9},
                        {"usable", verdict.usable},
                        {"fits", verdict.fits},
                        {"advice", Json::array()}};
      for (const auto& [change, total, changed] : verdict.advice)
        json["device"]["advice"].push_back({{"set", change}, {"total", total}});
    }
    std::cout << json_document(json);
    return 0;
  }
  print_plan(recipe, input, plan);
  if (options.device_memory == 0) print_process(need, room);
  if (options.device_memory > 0) print_verdict(options, verdict);
  print_time(options, plan);
  return 0;
}

}  // namespace ecg_lora::tools
