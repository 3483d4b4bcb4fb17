#include "ecg_lora/model/shape/table.h"

namespace ecg_lora::model {
namespace {

using Shape = std::vector<std::int64_t>;

class Table {
 public:
  void add(const std::string& name, Shape shape) {
    specs_.push_back({prefix_ + name, std::move(shape)});
  }
  void weight(const std::string& name, std::int64_t out, std::int64_t in) {
    add(name + ".weight", {out, in});
  }
  void affine(const std::string& name, std::int64_t width) {
    add(name + ".weight", {width});
    add(name + ".bias", {width});
  }
  void prefix(const std::string& prefix) { prefix_ = prefix; }
  std::vector<TensorSpec> take() { return std::move(specs_); }

 private:
  std::string prefix_;
  std::vector<TensorSpec> specs_;
};

void add_attention(Table& table, const std::string& name, std::int64_t width, std::int64_t kv) {
  table.weight(name + ".q_proj", width, width);
  table.weight(name + ".k_proj", kv, width);
  table.weight(name + ".v_proj", kv, width);
  table.weight(name + ".o_proj", width, width);
}

void add_text_layer(Table& table, const TextConfig& text, std::int64_t index) {
  const auto width = text.hidden_size, head = text.head_size();
  table.prefix("language_model.model.layers." + std::to_string(index) + ".");
  const std::string attention = text.is_cross(index) ? "cross_attn" : "self_attn";
  add_attention(table, attention, width, text.kv_heads * head);
  if (text.is_cross(index)) {
    table.add("cross_attn.q_norm.weight", {head});
    table.add("cross_attn.k_norm.weight", {head});
    table.add("cross_attn_attn_gate", {1});
    table.add("cross_attn_mlp_gate", {1});
  }
  table.weight("mlp.gate_proj", text.intermediate_size, width);
  table.weight("mlp.up_proj", text.intermediate_size, width);
  table.weight("mlp.down_proj", width, text.intermediate_size);
  table.add("input_layernorm.weight", {width});
  table.add("post_attention_layernorm.weight", {width});
}

void add_vision_layers(Table& table, const VisionConfig& vision, const std::string& encoder,
                       std::int64_t count, bool gated) {
  const auto width = vision.hidden_size, inner = vision.intermediate_size;
  for (std::int64_t i = 0; i < count; ++i) {
    table.prefix("vision_model." + encoder + ".layers." + std::to_string(i) + ".");
    add_attention(table, "self_attn", width, width);
    table.weight("mlp.fc1", inner, width);
    table.add("mlp.fc1.bias", {inner});
    table.weight("mlp.fc2", width, inner);
    table.add("mlp.fc2.bias", {width});
    table.affine("input_layernorm", width);
    table.affine("post_attention_layernorm", width);
    if (!gated) continue;
    table.add("gate_attn", {1});
    table.add("gate_ffn", {1});
  }
}

void add_vision(Table& table, const VisionConfig& vision) {
  const auto width = vision.hidden_size, patches = vision.patches(), tiles = vision.max_tiles;
  const auto ids = static_cast<std::int64_t>(vision.aspect_ratios.size()) + 1;
  table.prefix("vision_model.");
  table.add("class_embedding", {width});
  table.add("patch_embedding.weight",
            {width, vision.channels, vision.patch_size, vision.patch_size});
  table.add("gated_positional_embedding.embedding", {patches, width});
  table.add("gated_positional_embedding.gate", {1});
  table.weight("gated_positional_embedding.tile_embedding", ids, tiles * patches * width);
  for (const std::string where : {"pre", "post"}) {
    table.weight(where + "_tile_positional_embedding.embedding", ids, tiles * width);
    table.add(where + "_tile_positional_embedding.gate", {1});
  }
  table.affine("layernorm_pre", width);
  table.affine("layernorm_post", width);
  add_vision_layers(table, vision, "transformer", vision.local_layers, false);
  add_vision_layers(table, vision, "global_transformer", vision.global_layers, true);
}

bool replace_prefix(std::string& name, const std::string& from, const std::string& to) {
  if (name.rfind(from, 0) != 0) return false;
  name = to + name.substr(from.size());
  return true;
}

}  // namespace

std::vector<TensorSpec> tensor_table(const ModelConfig& config) {
  Table table;
  const auto& text = config.text;
  table.weight("language_model.model.embed_tokens", text.vocab_size + 8, text.hidden_size);
  for (std::int64_t i = 0; i < text.layers; ++i) add_text_layer(table, text, i);
  table.prefix("");
  table.add("language_model.model.norm.weight", {text.hidden_size});
  table.weight("language_model.lm_head", text.vocab_size, text.hidden_size);
  add_vision(table, config.vision);
  table.prefix("");
  table.weight("multi_modal_projector", text.hidden_size, config.vision.output_size());
  table.add("multi_modal_projector.bias", {text.hidden_size});
  return table.take();
}

bool is_linear_weight(const TensorSpec& spec) {
  const std::string end = ".weight";
  const auto& name = spec.name;
  if (spec.shape.size() != 2 || name.size() <= end.size() ||
      name.compare(name.size() - end.size(), end.size(), end) != 0)
    return false;
  return name.find(".layers.") != std::string::npos || name == "multi_modal_projector.weight";
}

std::string module_of(const TensorSpec& spec) {
  return spec.name.substr(0, spec.name.rfind('.'));
}

std::string tower_of(const std::string& name) {
  if (name.rfind("vision_model.", 0) == 0) return "vision";
  return name.rfind("language_model.", 0) == 0 ? "text" : "projector";
}

std::string disk_name(const std::string& name) {
  std::string result = name;
  if (replace_prefix(result, "model.language_model.", "language_model.model.")) return result;
  if (replace_prefix(result, "model.vision_model.", "vision_model.")) return result;
  if (replace_prefix(result, "model.multi_modal_projector.", "multi_modal_projector."))
    return result;
  replace_prefix(result, "lm_head.", "language_model.lm_head.");
  return result;
}

}  // namespace ecg_lora::model
