#include "ecg_lora/plan/training/training_plan.h"

#include <c10/util/accumulate.h>

#include <algorithm>
#include <set>

#include "activations.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/lora/targets.h"
#include "ecg_lora/model/shape/table.h"
#include "ecg_lora/train/loop/train_job.h"

namespace ecg_lora::plan {
namespace {

/// Elements of one chunk of logits, as train::answer_loss has it.
std::int64_t logits_at_once(bool cuda) {
  return std::int64_t{1} << (cuda ? 24 : 22);
}

/// One layer of a step.
struct Step {
  LayerKind kind;
  std::int64_t gradients = 0;  ///< bytes of its trainable parameters' gradients
  bool recomputed = false;     ///< by activation checkpointing
  bool keeps = false;          ///< whether gradients flow through it
};

/// Whether layer `index` of its tower is, where each `every`-th is.
bool is_recomputed(std::int64_t every, std::int64_t index) {
  return every > 0 && index % every == 0;
}

/// Bytes of trainable parameters, all and by module prefix.
class Trainable {
 public:
  explicit Trainable(const TrainingInput& input) {
    if (input.loop.trainable == "lora") {
      for (const auto& target : lora::find_targets(input.model, input.lora))
        add(target.module, target.parameters() * 4);
      return;
    }
    for (const auto& spec : model::tensor_table(input.model))
      if (spec.name != "language_model.lm_head.weight" &&
          spec.name != "language_model.model.embed_tokens.weight")
        add(spec.name, c10::multiply_integers(spec.shape) *
                           static_cast<std::int64_t>(c10::elementSize(input.dtype)));
  }
  std::int64_t total() const { return below(""); }
  std::int64_t below(const std::string& prefix) const {
    std::int64_t sum = 0;
    for (const auto& [name, bytes] : parts_)
      if (name.rfind(prefix, 0) == 0) sum += bytes;
    return sum;
  }

 private:
  void add(const std::string& name, std::int64_t bytes) { parts_.emplace_back(name, bytes); }
  std::vector<std::pair<std::string, std::int64_t>> parts_;
};

std::vector<Step> vision_steps(const TrainingInput& input, const Sizes& sizes, const Ranks& ranks,
                               const Trainable& trainable) {
  std::vector<Step> steps;
  const auto checkpointing = train::activation_checkpointing(input.loop);
  const auto& vision = input.model.vision;
  for (const bool gated : {false, true})
    for (std::int64_t i = 0; i < (gated ? vision.global_layers : vision.local_layers); ++i) {
      const auto prefix =
          cat("vision_model.", gated ? "global_transformer" : "transformer", ".layers.", i, ".");
      steps.push_back({vision_layer(input, sizes, ranks, prefix, gated), trainable.below(prefix),
                       is_recomputed(checkpointing.vision, i)});
    }
  return steps;
}

std::vector<Step> text_steps(const TrainingInput& input, const Sizes& sizes, const Ranks& ranks,
                             const Trainable& trainable, bool image_gradient) {
  std::vector<Step> steps;
  const auto checkpointing = train::activation_checkpointing(input.loop);
  for (std::int64_t i = 0; i < input.model.text.layers; ++i) {
    const auto prefix = cat("language_model.model.layers.", i, ".");
    const bool cross = input.model.text.is_cross(i);
    if (cross && input.batch.images == 0) continue;
    const auto wanted = i + 1 == input.model.text.layers ? input.batch.answers : sizes.text_tokens;
    steps.push_back({cross ? cross_layer(input, sizes, ranks, prefix, wanted, image_gradient)
                           : self_layer(input, sizes, ranks, prefix, wanted),
                     trainable.below(prefix),
                     is_recomputed(cross ? checkpointing.cross : checkpointing.self, i)});
  }
  return steps;
}

/// Marks the layers from the first one with something to train on; whether gradients flow behind
/// them.
bool mark_flow(std::vector<Step>& steps, bool flowing) {
  for (auto& step : steps) step.keeps = flowing = flowing || step.gradients > 0;
  return flowing;
}

/// The final norm at the answers, and their gradient; a chunk of logits in fp32, and in the compute
/// dtype where that is another.
struct LossBytes {
  std::int64_t kept, workspace;
};
LossBytes loss_bytes(const TrainingInput& input, const Sizes& sizes) {
  const auto vocabulary = input.model.text.vocab_size,
             states = input.batch.answers * input.model.text.hidden_size;
  const auto chunk = std::min(input.batch.answers,
                              std::max<std::int64_t>(1, logits_at_once(input.cuda) / vocabulary));
  return {states * 2 * sizes.element + input.batch.answers * 4,
          chunk * vocabulary * (4 + (sizes.wide() ? 0 : sizes.element)) + states * sizes.element};
}

/// Pixels in fp32, tokens, labels and masks, of all batches of a step or, where the device has
/// memory of its own, of one; and where there is one the cross-attention mask over image tokens
/// that all layers share.
std::int64_t batch_bytes(const TrainingInput& input, const Sizes& sizes) {
  const auto& vision = input.model.vision;
  const auto pixels =
      input.batch.images * vision.max_tiles * 3 * vision.image_size * vision.image_size;
  const auto one = pixels * 4 + sizes.padded_tokens * (3 * 8 + vision.max_tiles);
  const auto keys = input.batch.masked ? vision.max_tiles * vision.patches() : 0;
  return one * (input.cuda ? 1 : input.loop.accumulation) + sizes.padded_tokens * keys;
}

/// The largest weight that is dense for a moment: a quantised one in the compute dtype, or what
/// DoRA takes the norms of, W and B A in fp32.
std::int64_t weight_workspace(const TrainingInput& input, const Ranks& ranks) {
  const auto names = model::quantised_linears(input.model, input.base);
  const std::set<std::string> quantised(names.begin(), names.end());
  std::int64_t largest = 0;
  for (const auto& target : lora::linears_of(input.model)) {
    if (quantised.count(target.module))
      largest = std::max(largest, target.in * target.out *
                                      static_cast<std::int64_t>(c10::elementSize(input.dtype)));
    if (ranks.dora() && ranks.of(target.module) > 0)
      largest = std::max(largest, target.in * target.out * 12);
  }
  return largest;
}

struct Peak {
  std::int64_t activations = 0, workspace = 0, gradients = 0;
  std::string at;
  void consider(std::int64_t kept, std::int64_t temporary, std::int64_t accumulated,
                const std::string& moment) {
    if (kept + temporary + accumulated <= activations + workspace + gradients) return;
    activations = kept, workspace = temporary, gradients = accumulated, at = moment;
  }
};

/// What a layer keeps between the passes.
std::int64_t between(const Step& step) {
  return step.recomputed ? step.kind.input : step.keeps ? step.kind.kept : 0;
}

/// Backward through `steps`, the last first. `below` bytes are kept by what comes before them,
/// `extra` are needed in addition to each layer's workspace; `gradients` grows.
void walk_back(const std::vector<Step>& steps, std::int64_t below, std::int64_t extra,
               std::int64_t& gradients, Peak& peak) {
  std::int64_t kept = below;
  for (const auto& step : steps) kept += between(step);
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    if (!step->keeps) break;
    const auto full = step->recomputed ? kept + step->kind.kept : kept;
    peak.consider(full, step->kind.workspace + extra, gradients + step->gradients,
                  "in the backward pass of the last layer of " + step->kind.name);
    gradients += step->gradients;
    kept -= between(*step);
  }
}

void collect(TrainingPlan& plan, const std::vector<Step>& steps) {
  for (const auto& step : steps) {
    if (!step.keeps) continue;
    auto same = std::find_if(plan.layers.begin(), plan.layers.end(), [&](const LayerKind& k) {
      return k.name == step.kind.name && k.kept == step.kind.kept;
    });
    if (same == plan.layers.end())
      plan.layers.push_back(step.kind);
    else
      ++same->count;
  }
}

/// Layers of both towers in the order of the forward pass.
struct Layers {
  std::vector<Step> vision, text;
  bool image_gradient;  ///< gradients reach the image states
};

Layers layers_of(const TrainingInput& input, const Sizes& sizes, const Ranks& ranks,
                 const Trainable& trainable) {
  const bool images = input.batch.images > 0;
  Layers layers;
  if (images) layers.vision = vision_steps(input, sizes, ranks, trainable);
  layers.image_gradient =
      mark_flow(layers.vision, false) || (images && trainable.below("multi_modal_projector") > 0);
  layers.text = text_steps(input, sizes, ranks, trainable, layers.image_gradient);
  mark_flow(layers.text, false);
  return layers;
}

/// What the projector gives, which the decoder looks at.
std::int64_t image_states_bytes(const TrainingInput& input, const Sizes& sizes) {
  return sizes.image_tokens * input.model.text.hidden_size * sizes.element;
}

/// What is kept of the projector: the image states, and for its adapter the input and x A^T.
std::int64_t projector_bytes(const TrainingInput& input, const Sizes& sizes, const Ranks& ranks) {
  const auto rank = ranks.of("multi_modal_projector");
  const auto adapter = rank > 0 ? sizes.image_tokens * (input.model.vision.output_size() + rank) *
                                      (ranks.dora() ? 4 : sizes.element)
                                : 0;
  return image_states_bytes(input, sizes) + adapter;
}

std::int64_t kept_between(const std::vector<Step>& steps) {
  std::int64_t sum = 0;
  for (const auto& step : steps) sum += between(step);
  return sum;
}

/// The moment at which activations, workspace and gradients are largest together.
Peak find_peak(const TrainingInput& input, const Sizes& sizes, const Ranks& ranks,
               const Trainable& trainable, const Layers& layers) {
  const auto& vision = input.model.vision;
  const auto loss = loss_bytes(input, sizes);
  const auto vision_kept = projector_bytes(input, sizes, ranks) + kept_between(layers.vision);
  Peak peak;
  std::int64_t gradients = 0;
  peak.consider(vision_kept + kept_between(layers.text) + loss.kept, loss.workspace, 0,
                "at the loss");
  walk_back(layers.text, vision_kept, layers.image_gradient ? image_states_bytes(input, sizes) : 0,
            gradients, peak);
  gradients += trainable.below("multi_modal_projector");
  walk_back(layers.vision, 0, sizes.image_tokens * vision.output_size() * sizes.element, gradients,
            peak);
  const auto forward_states =
      (vision.local_layers + 1) * sizes.vision_tokens * vision.hidden_size * sizes.element;
  if (!layers.vision.empty() && !layers.vision.front().keeps)
    peak.consider(forward_states, layers.vision.front().kind.workspace / 2, 0,
                  "in the vision tower's forward pass");
  peak.consider(0, 0, trainable.total(), "at the optimizer");
  return peak;
}

}  // namespace

TrainingPlan plan_training(const TrainingInput& input) {
  const Sizes sizes(input);
  const Ranks ranks(input);
  const Trainable trainable(input);
  const auto layers = layers_of(input, sizes, ranks, trainable);
  const auto peak = find_peak(input, sizes, ranks, trainable, layers);
  const bool adapters = input.loop.trainable == "lora";
  TrainingPlan plan;
  plan.weights = model::weight_bytes(input.model, input.base, input.dtype);
  plan.adapters = adapters ? trainable.total() : 0;
  plan.optimizer = 2 * trainable.total() * 4 / (adapters ? 4 : sizes.element);
  plan.batch = batch_bytes(input, sizes);
  plan.activations = peak.activations;
  plan.workspace = peak.workspace + weight_workspace(input, ranks);
  plan.gradients = peak.gradients;
  plan.peak_at = peak.at;
  collect(plan, layers.vision);
  collect(plan, layers.text);
  plan.flops = step_flops(input, sizes, ranks, lora::linears_of(input.model));
  return plan;
}

}  // namespace ecg_lora::plan
