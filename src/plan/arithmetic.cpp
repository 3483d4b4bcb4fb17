#include <algorithm>

#include "activations.h"
#include "ecg_lora/lora/targets.h"

namespace ecg_lora::plan {

double step_flops(const PlanInput& input, const Sizes& sizes, const Ranks& ranks) {
  double linear = 0, adapters = 0;
  for (const auto& target : lora::linears_of(input.model)) {
    const bool on_images = target.tower == "projector" || target.module.find("cross_attn.k_proj") != std::string::npos || target.module.find("cross_attn.v_proj") != std::string::npos;
    const auto tokens = static_cast<double>(target.tower == "vision" ? sizes.vision_tokens : on_images ? sizes.image_tokens : sizes.text_tokens);
    linear += 2 * tokens * static_cast<double>(target.in) * static_cast<double>(target.out);
    adapters += 2 * tokens * static_cast<double>(ranks.of(target.module) * (target.in + target.out));
  }
  linear += 2 * static_cast<double>(input.batch.answers * input.model.text.hidden_size * input.model.text.vocab_size);
  const auto& text = input.model.text;
  const auto& vision = input.model.vision;
  const auto cross = static_cast<double>(text.cross_attention_layers.size()), self = static_cast<double>(text.layers) - cross;
  const auto n = static_cast<double>(sizes.padded_tokens), v = static_cast<double>(sizes.vision_tokens), images = static_cast<double>(std::max<std::int64_t>(1, input.batch.images));
  const double attention = 2 * self * n * static_cast<double>(input.batch.tokens * text.hidden_size) + 4 * cross * n * static_cast<double>(sizes.image_tokens) / images * static_cast<double>(text.hidden_size) +
                           4 * static_cast<double>(vision.local_layers + vision.global_layers) * v * v / images * static_cast<double>(vision.hidden_size);
  const double forward = linear + adapters + attention;
  const double backward = (input.loop.trainable == "lora" ? 1 : 2) * linear + 2 * adapters + 2.5 * attention;
  return static_cast<double>(input.loop.accumulation) * (forward * (input.loop.activation_checkpointing == "none" ? 1 : 2) + backward);
}

}  // namespace ecg_lora::plan
