#include <utility>

#include "activations.h"
#include "ecg_lora/lora/targets.h"
#include "ecg_lora/plan/training/arithmetic.h"
#include "ecg_lora/train/loop/loss.h"

namespace ecg_lora::plan {

BatchShape shape_of(const data::Batch& batch) {
  BatchShape shape{batch.rows(), batch.tokens.size(1), 0, train::answer_tokens(batch)};
  if (batch.pixels.defined()) shape.images = batch.pixels.size(0);
  shape.text_tokens = batch.attention_mask.sum().item<std::int64_t>();
  if (shape.images == 0) return shape;
  shape.masked = !model::visible_tiles(batch).all().item<bool>();
  const bool grouped = model::rows_per_image(batch.row_images, shape.images) > 0;
  shape.row_images = grouped ? 0 : batch.row_images.size(1);
  return shape;
}

struct Arithmetic::Counted {
  explicit Counted(const TrainingInput& input)
      : ranks(input), linears(lora::linears_of(input.model)) {}
  Ranks ranks;
  std::vector<lora::Target> linears;
};

Arithmetic::Arithmetic(TrainingInput input)
    : input_(std::move(input)), accumulation_(std::exchange(input_.loop.accumulation, 1)) {
  counted_ = std::make_unique<Counted>(input_);
}

Arithmetic::~Arithmetic() = default;

double Arithmetic::of(const BatchShape& shape) {
  input_.batch = shape;
  return step_flops(input_, Sizes(input_), counted_->ranks, counted_->linears);
}

double Arithmetic::of(const data::Batch& batch) {
  const auto shape = shape_of(batch);
  const auto flops = of(shape);
  if (flops > largest_flops_) largest_ = shape, largest_flops_ = flops, fresh_ = false;
  return flops;
}

const cost::PlannedSettings& Arithmetic::planned() {
  if (std::exchange(fresh_, true)) return planned_;
  auto input = input_;
  input.batch = largest_, input.loop.accumulation = accumulation_;
  return planned_ = planned_settings(input);
}

}  // namespace ecg_lora::plan
