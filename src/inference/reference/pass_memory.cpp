#include "ecg_lora/inference/reference/reference_pass.h"

#include <algorithm>

#include "ecg_lora/lora/adapter_file.h"
#include "ecg_lora/model/shape/table.h"
#include "ecg_lora/plan/inference/inference_alternatives.h"
#include "ecg_lora/plan/training/training_plan.h"
#include "ecg_lora/train/loop/loss.h"

namespace ecg_lora::inference {
namespace {

/// The adapter as training would make it: its largest rank, in the towers that it changes.
lora::LoraSpec spec_of(const lora::AdapterFile& adapter) {
  lora::LoraSpec spec;
  spec.rank = 1;
  bool text = false, vision = false;
  for (const auto& [module, factors] : adapter.modules()) {
    spec.rank = std::max(spec.rank, factors.a.size(0));
    text = text || model::tower_of(module) == "text";
    vision = vision || model::tower_of(module) == "vision";
  }
  if (!text) spec.text.clear();
  if (!vision) spec.vision.clear();
  spec.projector = adapter.modules().count("multi_modal_projector") > 0;
  return spec;
}

/// Bytes of tensors of a pass with gradients.
std::int64_t gradient_bytes(const plan::InferenceInput& input, const PassModel& base,
                            const data::Batch& batch) {
  if (base.adapter.empty() || train::answer_tokens(batch) == 0) return 0;
  plan::TrainingInput step;
  step.model = input.model, step.dtype = input.dtype, step.cuda = input.cuda;
  step.lora = spec_of(lora::AdapterFile(base.adapter));
  step.batch = {input.prompts.rows, input.prompts.tokens, input.prompts.images,
                train::answer_tokens(batch)};
  if (step.lora.text.empty() && step.lora.vision.empty() && !step.lora.projector) return 0;
  return plan::plan_training(step).total();
}

}  // namespace

plan::MemoryChecked require_pass_memory(const PassModel& base, const data::Batch& batch) {
  const auto load = plan::base_load(base.model, {}, base.dtype, base.cuda);
  const auto images = batch.pixels.defined() ? batch.pixels.size(0) : 0;
  const plan::InferenceInput input{
      load.model, {}, base.dtype, 0, {images, batch.rows(), batch.tokens.size(1), 0, true},
      base.cuda};
  const auto plan = plan::plan_inference(input);
  const auto tensors = std::max(plan.total(), gradient_bytes(input, base, batch));
  return plan::require_memory("a pass through " + base.model,
                              plan::required_memory(load, tensors, plan.batch),
                              plan::inference_alternatives(load, input, {false, false, false}),
                              plan::available_memory(base.cuda), base.force);
}

}  // namespace ecg_lora::inference
