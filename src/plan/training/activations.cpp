#include "activations.h"

#include <algorithm>

#include "ecg_lora/lora/targets.h"
#include "ecg_lora/nn/kernels/row_operations.h"
#include "ecg_lora/nn/layers/attention.h"

namespace ecg_lora::plan {
namespace {

/// Adds up what one layer keeps.
class Kept {
 public:
  Kept(const Sizes& sizes, const Ranks& ranks, std::string prefix)
      : sizes_(sizes), ranks_(ranks), prefix_(std::move(prefix)) {}

  /// A tensor in the compute dtype.
  void tensor(std::int64_t elements) { bytes_ += elements * sizes_.element; }
  /// A tensor in fp32: statistics of norms and of attention.
  void wide(std::int64_t elements) { bytes_ += elements * 4; }
  /// The input of linears, which all of their adapters keep as one tensor; it may be kept for
  /// another reason (`shared`). DoRA's are not fused: each keeps a copy in fp32 where the states
  /// are not.
  void input(std::int64_t tokens, std::int64_t width, const std::vector<std::string>& linears,
             bool shared = false) {
    if (ranks_.full()) return shared ? void() : tensor(tokens * width);
    bool first = !shared;
    for (const auto& linear : linears) {
      const auto rank = ranks_.of(prefix_ + linear);
      if (rank == 0) continue;
      const bool own_copy = ranks_.dora() && (!sizes_.wide() || ranks_.dropout_bytes() > 0);
      if (own_copy)
        wide(tokens * width);
      else if (first)
        tensor(tokens * width);
      first = false;
      adapter(tokens, width, linear);
    }
  }
  /// What the adapter of one linear keeps in addition to its input: x A^T, and dropout's mask.
  void adapter(std::int64_t tokens, std::int64_t width, const std::string& linear) {
    const auto rank = ranks_.of(prefix_ + linear);
    if (rank == 0) return;
    bytes_ += tokens * width * ranks_.dropout_bytes();
    ranks_.dora() ? wide(tokens * rank) : tensor(tokens * rank);
    if (ranks_.dora())
      wide(2 * tokens * ranks_.outputs(prefix_ + linear));  // what the row factors multiply
  }
  /// RMSNorm keeps its input and a number a row. Where its weight is trained or it is not one pass,
  /// it is computed in fp32 by single operations.
  void rms_norm(std::int64_t rows, std::int64_t width) {
    if (sizes_.one_pass && !ranks_.full()) return tensor(rows * width), wide(rows);
    wide(rows * width + 2 * rows);
    if (ranks_.full()) tensor(rows * width);  // what its weight multiplies
  }
  /// Whether linears are one operation with their adapter and the activation before them.
  bool fused() const { return !ranks_.full() && !ranks_.dora(); }

  std::int64_t bytes() const { return bytes_; }

 private:
  const Sizes& sizes_;
  const Ranks& ranks_;
  std::string prefix_;
  std::int64_t bytes_ = 0;
};

/// SwiGLU: gate and up; where it is not fused, the SiLU of gate and the product of both as well.
void keep_text_mlp(Kept& kept, std::int64_t tokens, const model::TextConfig& text) {
  kept.rms_norm(tokens, text.hidden_size);
  kept.input(tokens, text.hidden_size, {"mlp.gate_proj", "mlp.up_proj"});
  kept.tensor(2 * tokens * text.intermediate_size);
  if (kept.fused()) return kept.adapter(tokens, text.intermediate_size, "mlp.down_proj");
  kept.tensor(tokens * text.intermediate_size);
  kept.input(tokens, text.intermediate_size, {"mlp.down_proj"});
}

/// Gradients and temporaries of the MLP's backward pass, the widest part of a layer: of the
/// product, of both factors, and copies of the states. DoRA's are in fp32.
std::int64_t mlp_workspace(const Sizes& sizes, const Ranks& ranks, std::int64_t tokens,
                           std::int64_t width, std::int64_t inner) {
  return tokens * (3 * inner * (ranks.dora() ? 4 : sizes.element) + 2 * width * sizes.element);
}

/// Of attention's backward pass on the CPU: q, k, v, what was attended and its gradient, in fp32
/// where keys are few, and the gradients of q, k and v, for every query head.
std::int64_t attention_workspace(const Sizes& sizes, std::int64_t tokens, std::int64_t width,
                                 std::int64_t keys) {
  if (sizes.wide() || !nn::backward_in_fp32(keys)) return tokens * width * 5 * sizes.element;
  return tokens * width * (8 * 4 + 2 * sizes.element);
}

}  // namespace

Ranks::Ranks(const TrainingInput& input)
    : full_(input.loop.trainable != "lora"),
      dora_(!full_ && input.lora.dora),
      dropout_bytes_(full_ || input.lora.dropout == 0 ? 0
                     : dora_ && !input.cuda           ? 4
                                                      : 1) {
  if (full_) return;
  for (const auto& target : lora::find_targets(input.model, input.lora))
    ranks_.emplace(target.module, target.rank), outputs_.emplace(target.module, target.out);
}

std::int64_t Ranks::of(const std::string& module) const {
  const auto found = ranks_.find(module);
  return found == ranks_.end() ? 0 : found->second;
}

Sizes::Sizes(const TrainingInput& input) {
  const auto& vision = input.model.vision;
  const auto patches = vision.patches(), padded = (patches + 7) / 8 * 8,
             tiles = vision.max_tiles * input.batch.images;
  padded_tokens = input.batch.rows * input.batch.tokens;
  text_tokens = input.batch.text_tokens > 0 ? input.batch.text_tokens : padded_tokens;
  image_tokens = tiles * patches;
  vision_tokens = tiles * padded;
  one_pass = nn::has_row_operations(input.cuda ? at::kCUDA : at::kCPU);
  element = static_cast<std::int64_t>(c10::elementSize(input.dtype));
}

LayerKind vision_layer(const TrainingInput& input, const Sizes& sizes, const Ranks& ranks,
                       const std::string& prefix, bool gated) {
  const auto& vision = input.model.vision;
  const auto width = vision.hidden_size, tokens = sizes.vision_tokens;
  Kept kept(sizes, ranks, prefix);
  kept.tensor(tokens * width);  // LayerNorm's input
  kept.wide(2 * tokens);
  kept.input(tokens, width, {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"});
  kept.tensor(tokens * width * 4);   // q (real and padding), k, v, attended
  kept.wide(tokens * vision.heads);  // log-sum-exp of each query
  kept.input(tokens, width, {"self_attn.o_proj"});
  kept.tensor(tokens * width);  // the second norm's input
  kept.wide(2 * tokens);
  kept.input(tokens, width, {"mlp.fc1"});
  kept.tensor(tokens * vision.intermediate_size);  // GELU's input
  if (kept.fused())
    kept.adapter(tokens, vision.intermediate_size, "mlp.fc2");
  else
    kept.input(tokens, vision.intermediate_size, {"mlp.fc2"});
  return {gated ? "vision, global" : "vision, local", 1, kept.bytes(),
          tokens * width * sizes.element,
          mlp_workspace(sizes, ranks, tokens, width, vision.intermediate_size)};
}

LayerKind self_layer(const TrainingInput& input, const Sizes& sizes, const Ranks& ranks,
                     const std::string& prefix, std::int64_t wanted) {
  const auto& text = input.model.text;
  const auto width = text.hidden_size, tokens = sizes.text_tokens, padded = sizes.padded_tokens;
  Kept kept(sizes, ranks, prefix);
  kept.rms_norm(tokens, width);
  kept.input(tokens, width, {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"});
  const auto keys_width =
      input.cuda ? width : text.kv_heads * text.head_size();  // on CUDA those of every query head
  kept.tensor(2 * padded * (width + keys_width));             // q and attended, keys and values
  kept.wide(padded * text.heads);
  kept.input(wanted, width, {"self_attn.o_proj"}, /*shared=*/wanted == padded);
  keep_text_mlp(kept, wanted, text);
  const auto workspace =
      std::max(mlp_workspace(sizes, ranks, wanted, width, text.intermediate_size),
               attention_workspace(sizes, padded, width, input.batch.tokens));
  return {"text, self-attention", 1, kept.bytes(), tokens * width * sizes.element, workspace};
}

LayerKind cross_layer(const TrainingInput& input, const Sizes& sizes, const Ranks& ranks,
                      const std::string& prefix, std::int64_t wanted, bool image_gradient) {
  const auto& text = input.model.text;
  const auto width = text.hidden_size, tokens = sizes.text_tokens, padded = sizes.padded_tokens,
             keys = sizes.image_tokens;
  Kept kept(sizes, ranks, prefix);
  kept.rms_norm(tokens, width);
  kept.input(tokens, width, {"cross_attn.q_proj"});
  kept.rms_norm(tokens * text.heads, text.head_size());
  kept.input(keys, width, {"cross_attn.k_proj", "cross_attn.v_proj"},
             /*shared=*/true);  // in fp32 all layers keep one copy
  if (image_gradient || ranks.of(prefix + "cross_attn.k_proj") > 0)
    kept.rms_norm(keys * text.kv_heads, text.head_size());
  kept.tensor(2 * padded * width);  // q, attended
  const auto tile_tokens = input.model.vision.max_tiles * input.model.vision.patches();
  const auto copies =
      input.batch.row_images > 0 ? input.batch.rows * input.batch.row_images * tile_tokens : keys;
  const auto copied_width =
      input.batch.masked
          ? width
          : text.kv_heads *
                text.head_size();  // a mask asks for keys and values of every query head
  kept.tensor(2 * copies * copied_width);
  if (input.batch.masked)
    kept.tensor(padded * tile_tokens *
                std::max<std::int64_t>(1, input.batch.row_images));  // the mask as numbers
  kept.wide(padded * text.heads);
  kept.input(wanted, width, {"cross_attn.o_proj"});
  keep_text_mlp(kept, wanted, text);
  return {"text, cross-attention", 1, kept.bytes(), tokens * width * sizes.element,
          std::max(mlp_workspace(sizes, ranks, wanted, width, text.intermediate_size),
                   4 * copies * copied_width * sizes.element)};
}

}  // namespace ecg_lora::plan
