#include "ecg_lora/plan/inference/inference_plan.h"

#include <algorithm>
#include <set>

#include "ecg_lora/lora/targets.h"
#include "ecg_lora/nn/kernels/matmul.h"

namespace ecg_lora::plan {
namespace {

constexpr std::int64_t kMaxNodes =
    8192;  ///< of a pass over likelihoods (inference/decoding/continuations.cpp)
constexpr std::int64_t kMaxLogits = std::int64_t{1} << 24;  ///< the same, at a time
constexpr std::int64_t kFirstAnswers = 8;  ///< beginnings of yes and no whose likelihoods are asked

/// Sizes in elements, and what an element takes.
struct Shapes {
  explicit Shapes(const InferenceInput& input) {
    const auto& [model, base, dtype, adapters, prompts, cuda] = input;
    const auto& vision = model.vision;
    element = static_cast<std::int64_t>(c10::elementSize(dtype));
    slow = !cuda && nn::lacks_matmul_instructions(at::empty({0}, dtype));
    const auto tiles = prompts.images * vision.max_tiles, patches = vision.patches();
    pixels = tiles * vision.channels * vision.image_size * vision.image_size;
    vision_tokens = tiles * ((patches + 7) / 8 * 8);
    image_tokens = tiles * patches;
    keys_width = model.text.kv_heads * model.text.head_size();
    const bool words = prompts.max_new_tokens > 0 || prompts.every_logit;
    const auto whole = prompts.rows * prompts.tokens;
    tokens = words ? whole : std::min(whole, std::max(kMaxNodes, prompts.tokens));
  }
  std::int64_t element, pixels, vision_tokens, image_tokens, keys_width;
  std::int64_t tokens;  ///< text tokens of a pass
  bool slow;            ///< operands of products are widened to fp32 for a moment
};

/// The moment at which the sum is largest.
struct Moment {
  std::int64_t states = 0, caches = 0, workspace = 0;
  std::string at;
  std::int64_t total() const { return states + caches + workspace; }
};

void take_larger(Moment& largest, const Moment& other) {
  if (other.total() > largest.total()) largest = other;
}

/// Bytes of the fp32 copies around a product of `rows` of `in` to `out` values.
std::int64_t wide_copies(const Shapes& s, std::int64_t rows, std::int64_t in, std::int64_t out) {
  constexpr std::int64_t part = std::int64_t{1}
                                << 24;  // elements of a weight (nn/kernels/matmul.cpp)
  if (!s.slow) return 0;
  const auto columns = std::min(out, std::max<std::int64_t>(1, part / in));
  return 4 * (rows * in + in * columns + rows * columns);
}

/// The vision tower: a layer's attention or MLP while states are kept, or the states side by side.
Moment vision_moment(const InferenceInput& input, const Shapes& s) {
  const auto& vision = input.model.vision;
  const auto state = s.vision_tokens * vision.hidden_size;
  const auto kept = static_cast<std::int64_t>(vision.intermediate_layers.size());
  const auto inner = s.vision_tokens * vision.intermediate_size;
  const auto attention = 7 * state, mlp = 3 * state + 2 * inner;
  const auto wide = wide_copies(s, s.vision_tokens, vision.intermediate_size, vision.hidden_size);
  Moment layer{kept * state * s.element, 0, std::max(attention, mlp) * s.element + wide,
               "in the vision tower"};
  Moment end{(kept + 1) * state * s.element, 0, (3 * kept + 1) * state * s.element,
             "at the end of the vision tower"};
  take_larger(layer, end);
  return layer;
}

/// Pixels in the compute dtype, and again in the order of patches.
Moment patches_moment(const InferenceInput& input, const Shapes& s) {
  const auto copies = input.dtype == at::kFloat ? 1 : 2;
  const auto state = s.vision_tokens * input.model.vision.hidden_size;
  return {state * s.element, 0, copies * s.pixels * s.element, "at the patch embedding"};
}

std::int64_t image_states(const InferenceInput& input, const Shapes& s) {
  return s.image_tokens * input.model.text.hidden_size * s.element;
}

Moment projector_moment(const InferenceInput& input, const Shapes& s) {
  const auto in = input.model.vision.output_size(), out = input.model.text.hidden_size;
  return {s.image_tokens * in * s.element + image_states(input, s), 0,
          wide_copies(s, s.image_tokens, in, out), "at the projector"};
}

/// Keys and values that stay between the tokens of answers in words.
std::int64_t cache_bytes(const InferenceInput& input, const Shapes& s) {
  const auto& [images, rows, tokens, more, every_logit] = input.prompts;
  if (more == 0) return 0;
  std::int64_t cross = 0;
  for (std::int64_t i = 0; i < input.model.text.layers; ++i) cross += input.model.text.is_cross(i);
  const auto text = (input.model.text.layers - cross) * rows * (tokens + more);
  return 2 * s.keys_width * (text + (images > 0 ? cross * s.image_tokens : 0)) * s.element;
}

/// A decoder layer over all tokens of a pass: its MLP, or its attention over the images.
Moment decoder_moment(const InferenceInput& input, const Shapes& s) {
  const auto& text = input.model.text;
  const auto state = s.tokens * text.hidden_size, inner = s.tokens * text.intermediate_size;
  const auto mlp = (3 * state + 3 * inner) * s.element +
                   wide_copies(s, s.tokens, text.intermediate_size, text.hidden_size);
  const bool likelihoods = input.prompts.max_new_tokens == 0;
  const auto keys = likelihoods ? 2 * s.image_tokens * s.keys_width : 0;
  const auto cross = (5 * state + keys + s.image_tokens * s.keys_width) * s.element;
  const auto wide = s.slow ? 4 * 2 * (s.image_tokens * s.keys_width + state) : 0;
  return {image_states(input, s), cache_bytes(input, s), std::max(mlp, cross + wide),
          "in the decoder"};
}

/// Logits in the compute dtype, and two copies in fp64.
Moment logits_moment(const InferenceInput& input, const Shapes& s) {
  const auto vocabulary = input.model.text.vocab_size;
  const auto& prompts = input.prompts;
  const auto asked = prompts.max_new_tokens > 0 ? prompts.rows : kFirstAnswers * prompts.rows;
  const auto at_once = std::min(asked, std::max<std::int64_t>(1, kMaxLogits / vocabulary));
  const auto copies =
      prompts.every_logit ? s.tokens * (s.element + 4) : at_once * (s.element + 2 * 8);
  return {image_states(input, s), cache_bytes(input, s),
          copies * vocabulary + s.tokens * input.model.text.hidden_size * s.element,
          "at the logits"};
}

}  // namespace

std::int64_t dense_workspace(const model::ModelConfig& model, const model::BaseQuantisation& base,
                             at::ScalarType dtype) {
  if (base.kind == nn::Quantisation::none) return 0;
  const auto names = model::quantised_linears(model, base);
  const std::set<std::string> quantised(names.begin(), names.end());
  std::int64_t largest = 0;
  for (const auto& target : lora::linears_of(model))
    if (quantised.count(target.module)) largest = std::max(largest, target.in * target.out);
  return largest * static_cast<std::int64_t>(c10::elementSize(dtype));
}

InferencePlan plan_inference(const InferenceInput& input) {
  const Shapes s(input);
  Moment largest;
  if (input.prompts.images > 0) {
    take_larger(largest, patches_moment(input, s));
    take_larger(largest, vision_moment(input, s));
    take_larger(largest, projector_moment(input, s));
  }
  take_larger(largest, decoder_moment(input, s));
  take_larger(largest, logits_moment(input, s));
  InferencePlan plan;
  plan.weights = model::weight_bytes(input.model, input.base, input.dtype);
  plan.adapters = 4 * input.adapter_parameters;
  plan.batch = 4 * s.pixels + s.tokens * (3 * 8 + input.model.vision.max_tiles);
  plan.states = largest.states;
  plan.caches = largest.caches;
  plan.workspace = largest.workspace + dense_workspace(input.model, input.base, input.dtype);
  plan.peak_at = largest.at;
  return plan;
}

}  // namespace ecg_lora::plan
