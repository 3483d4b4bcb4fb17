#include <algorithm>

#include "activations.h"
#include "ecg_lora/lora/targets.h"

namespace ecg_lora::plan {
namespace {

/// Multiplications and additions of the passes of a step.
struct Passes {
  double forward = 0, backward = 0;
  void add(double once, double times_back) { forward += once, backward += times_back * once; }
};

/// Whether gradients reach the image states: something below the decoder is trained.
bool reaches_images(const Ranks& ranks, const std::vector<lora::Target>& linears) {
  return ranks.full() || std::any_of(linears.begin(), linears.end(), [&](const auto& target) {
           return target.tower != "text" && ranks.of(target.module) > 0;
         });
}

bool is_on_images(const lora::Target& target) {
  return target.tower == "projector" ||
         target.module.find("cross_attn.k_proj") != std::string::npos ||
         target.module.find("cross_attn.v_proj") != std::string::npos;
}

void add_linears(const TrainingInput& input, const Sizes& sizes, const Ranks& ranks,
                 const std::vector<lora::Target>& linears, bool to_images, Passes& passes) {
  for (const auto& target : linears) {
    const bool reads_images = is_on_images(target), below = target.tower != "text" || reads_images;
    const auto tokens = static_cast<double>(target.tower == "vision" ? sizes.vision_tokens
                                            : reads_images           ? sizes.image_tokens
                                                                     : sizes.text_tokens);
    const double of_input = below && !to_images ? 0 : 1, of_weight = ranks.full() ? 1 : 0;
    passes.add(2 * tokens * static_cast<double>(target.in) * static_cast<double>(target.out),
               of_input + of_weight);
    passes.add(2 * tokens * static_cast<double>(ranks.of(target.module) * (target.in + target.out)),
               1 + of_input);
  }
  passes.add(2 * static_cast<double>(input.batch.answers * input.model.text.hidden_size *
                                     input.model.text.vocab_size),
             1);
}

/// Causal in the decoder: half of all pairs. Flash attention computes the scores again on the way
/// back, 2.5 times the forward pass (Dao 2023, arXiv 2307.08691).
void add_attention(const TrainingInput& input, const Sizes& sizes, bool to_images, Passes& passes) {
  constexpr double back = 2.5;
  const auto& text = input.model.text;
  const auto& vision = input.model.vision;
  const auto cross = static_cast<double>(text.cross_attention_layers.size()),
             self = static_cast<double>(text.layers) - cross,
             width = static_cast<double>(text.hidden_size);
  const auto n = static_cast<double>(sizes.padded_tokens),
             v = static_cast<double>(sizes.vision_tokens),
             images = static_cast<double>(std::max<std::int64_t>(1, input.batch.images));
  passes.add(2 * self * n * static_cast<double>(input.batch.tokens) * width, back);
  passes.add(4 * cross * n * static_cast<double>(sizes.image_tokens) / images * width, back);
  passes.add(4 * static_cast<double>(vision.local_layers + vision.global_layers) * v * v / images *
                 static_cast<double>(vision.hidden_size),
             to_images ? back : 0);
}

}  // namespace

double step_flops(const TrainingInput& input, const Sizes& sizes, const Ranks& ranks,
                  const std::vector<lora::Target>& linears) {
  const bool to_images = reaches_images(ranks, linears);
  Passes passes;
  add_linears(input, sizes, ranks, linears, to_images, passes);
  add_attention(input, sizes, to_images, passes);
  const double forwards = input.loop.activation_checkpointing == "none" ? 1 : 2;
  return static_cast<double>(input.loop.accumulation) *
         (forwards * passes.forward + passes.backward);
}

}  // namespace ecg_lora::plan
