#include <algorithm>
#include <iostream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/inference/loading/load.h"
#include "ecg_lora/model/check/check_checkpoint.h"
#include "ecg_lora/plan/inference/print.h"
#include "ecg_lora/plan/training/arithmetic.h"
#include "ecg_lora/plan/training/print_training.h"
#include "plan/recipe.h"

namespace ecg_lora::tools {
namespace {

constexpr std::int64_t kBatchesToLookAt = 4;
constexpr std::int64_t kAnswersARow = 4;  ///< "Yes", its end, and some

/// The largest of the first batches that training would get.
plan::BatchShape look_at_data(const TrainRecipe& recipe) {
  const auto set = data::load_data(recipe.data, recipe.model);
  const auto from =
      training_sources(recipe, set, model::load_model_config(recipe.model).pad_token_id);
  const auto source =
      data::make_training_data(from, data::Split::training, std::make_shared<data::SkipLog>())
          .source;
  plan::BatchShape largest;
  for (std::int64_t i = 0; i < std::min(kBatchesToLookAt, source->size()); ++i) {
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

/// Usage error for a shape that contradicts itself.
void check_shape(const plan::BatchShape& shape) {
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
}

plan::BatchShape batch_shape(const TrainRecipe& training, const PlanRecipe& recipe) {
  auto shape = recipe.batch;
  check_shape(shape);
  if (shape.rows == 0) {
    const auto answers = shape.answers;
    shape = look_at_data(training);
    if (answers > 0) shape.answers = answers;
    return shape;
  }
  shape.images = std::min<std::int64_t>(training.batch.images, shape.rows);
  if (shape.rows % shape.images != 0) shape.row_images = 1;
  if (shape.answers == 0) shape.answers = kAnswersARow * shape.rows;
  return shape;
}

}  // namespace

int print_training_plan(TrainRecipe training, const PlanRecipe& recipe) {
  auto& compute = training.compute;
  model::check_checkpoint(training.model);
  inference::resolve_dtype(compute, training.model,
                           inference::trainable_of(training.loop.trainable));
  const bool cuda =
      compute.device == "cuda" || (compute.device == "auto" && recipe.device_memory > 0);
  const auto input = training_input(training, batch_shape(training, recipe), cuda);
  const auto plan = plan::plan_training(input);
  const auto load = inference::base_load({training.model, "", "auto", compute}, input.cuda);
  const auto required = plan::training_memory(load, input, /*ranks=*/1);
  const auto available =
      plan::available_memory(input.cuda && model::parse_device("auto").is_cuda());
  const auto fit = plan::fit_on_device(input, plan.total(), recipe.device_memory, recipe.reserve);
  if (recipe.json) {
    auto json = plan::training_json(input, plan);
    json.update(plan::process_json(required, available));
    json.update(plan::device_json(plan, fit, recipe.tflops));
    std::cout << json_document(json);
    return 0;
  }
  plan::print_base(std::cout, training.model, compute.dtype, compute.base_quantisation);
  plan::print_training(std::cout, input, plan);
  if (recipe.device_memory > 0)
    plan::print_fit(std::cout, fit);
  else
    plan::print_process(std::cout, required, available);
  plan::print_arithmetic(std::cout, plan, recipe.tflops);
  return 0;
}

}  // namespace ecg_lora::tools
