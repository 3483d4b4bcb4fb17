#include <algorithm>

#include "ecg_lora/base/error.h"
#include "ecg_lora/plan/training/arithmetic.h"

namespace ecg_lora::plan {
namespace {

cost::Setting estimate(const std::string& name, const TrainingInput& input) {
  auto one = input;
  one.loop.accumulation = 1;
  return {name, static_cast<double>(plan_training(input).total()), plan_training(one).flops};
}

TrainingInput with_rank(TrainingInput input, std::int64_t rank) {
  input.lora.rank = rank;
  return input;
}

TrainingInput with_tiles(TrainingInput input, std::int64_t tiles) {
  auto& vision = input.model.vision;
  vision.max_tiles = tiles;
  std::erase_if(vision.aspect_ratios, [&](const auto& r) { return r[0] * r[1] > tiles; });
  return input;
}

/// With `times` / `by` of the rows about each image.
TrainingInput with_rows(TrainingInput input, std::int64_t times, std::int64_t by) {
  for (auto* count : {&input.batch.rows, &input.batch.answers, &input.batch.text_tokens})
    *count = *count * times / by;
  return input;
}

Json shape_json(const BatchShape& shape) {
  return {{"rows", shape.rows},
          {"tokens", shape.tokens},
          {"text_tokens", shape.text_tokens},
          {"images", shape.images},
          {"answers", shape.answers},
          {"masked", shape.masked},
          {"row_images", shape.row_images}};
}

void add_questions(const TrainingInput& input, std::vector<cost::Setting>& settings) {
  const auto& batch = input.batch;
  if (batch.images == 0 || batch.row_images > 1 || batch.rows % batch.images != 0) return;
  const auto questions = batch.rows / batch.images;
  const auto name = [](std::int64_t n) {
    return cat(n, n == 1 ? " question" : " questions", " per image");
  };
  if (questions >= 2) {
    const auto half = questions / 2;
    settings.push_back(estimate(name(half), with_rows(input, half, questions)));
  }
  settings.push_back(estimate(name(2 * questions), with_rows(input, 2, 1)));
}

}  // namespace

cost::PlannedSettings planned_settings(const TrainingInput& input) {
  const bool lora = input.loop.trainable == "lora";
  const auto tiles = input.model.vision.max_tiles;
  const auto named = [](std::int64_t n) { return cat(n, n == 1 ? " tile" : " tiles"); };
  cost::PlannedSettings plan;
  plan.shape = shape_json(input.batch);
  auto& settings = plan.settings;
  const auto own = lora ? cat("rank ", input.lora.rank) : std::string("all parameters");
  settings.push_back(estimate(cat(own, ", ", named(tiles)), input));
  if (lora && input.lora.rank >= 2)
    settings.push_back(
        estimate(cat("rank ", input.lora.rank / 2), with_rank(input, input.lora.rank / 2)));
  if (lora)
    settings.push_back(
        estimate(cat("rank ", 2 * input.lora.rank), with_rank(input, 2 * input.lora.rank)));
  for (const std::int64_t other : {1, 2, 4})
    if (other < tiles && input.batch.images > 0)
      settings.push_back(estimate(named(other), with_tiles(input, other)));
  add_questions(input, settings);
  return plan;
}

}  // namespace ecg_lora::plan
