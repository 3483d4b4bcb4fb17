#include "ecg_lora/model/tiny/tiny_model.h"

#include <cmath>

#include "corpus.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/random.h"
#include "ecg_lora/model/mllama/mllama.h"
#include "ecg_lora/model/shape/config.h"
#include "ecg_lora/model/shape/table.h"
#include "ecg_lora/tensorio/safetensors.h"
#include "ecg_lora/text/tokenizer.h"
#include "ecg_lora/text/train_sentencepiece.h"

namespace ecg_lora::tiny {
namespace {

Json canvases(std::int64_t max_tiles) {
  Json result = Json::array();
  for (std::int64_t rows = 1; rows <= max_tiles; ++rows)
    for (std::int64_t columns = 1; rows * columns <= max_tiles; ++columns)
      result.push_back({rows, columns});
  return result;
}

Json text_config(const ModelShape& shape, const text::Tokenizer& tokenizer) {
  return {{"model_type", "mllama_text_model"},
          {"vocab_size", shape.vocabulary},
          {"hidden_size", shape.text_width},
          {"intermediate_size", shape.text_mlp},
          {"num_hidden_layers", shape.text_layers},
          {"num_attention_heads", shape.heads},
          {"num_key_value_heads", shape.kv_heads},
          {"cross_attention_layers", shape.cross_layers},
          {"hidden_act", "silu"},
          {"rms_norm_eps", 1e-5},
          {"dropout", 0},
          {"rope_theta", 500000.0},
          {"max_position_embeddings", 131072},
          {"rope_scaling",
           {{"rope_type", "llama3"},
            {"factor", 8.0},
            {"low_freq_factor", 1.0},
            {"high_freq_factor", 4.0},
            {"original_max_position_embeddings", 8192}}},
          {"tie_word_embeddings", false},
          {"initializer_range", 0.02},
          {"use_cache", true},
          {"bos_token_id", *tokenizer.id("<|begin_of_text|>")},
          {"eos_token_id", *tokenizer.id("<|eot_id|>")},
          {"pad_token_id", *tokenizer.id("<|finetune_right_pad_id|>")}};
}

Json vision_config(const ModelShape& shape) {
  return {{"model_type", "mllama_vision_model"},
          {"hidden_size", shape.vision_width},
          {"attention_heads", shape.vision_heads},
          {"intermediate_size", shape.vision_mlp},
          {"num_hidden_layers", shape.local_layers},
          {"num_global_layers", shape.global_layers},
          {"intermediate_layers_indices", shape.kept_layers},
          {"vision_states", shape.vision_states},
          {"image_size", shape.tile_size},
          {"patch_size", shape.patch_size},
          {"max_num_tiles", shape.max_tiles},
          {"num_channels", 3},
          {"hidden_act", "gelu"},
          {"norm_eps", 1e-5},
          {"initializer_range", 0.02},
          {"supported_aspect_ratios", canvases(shape.max_tiles)},
          {"vision_output_dim",
           shape.vision_width * (1 + static_cast<std::int64_t>(shape.kept_layers.size()))}};
}

Json model_json(const ModelShape& shape, const text::Tokenizer& tokenizer,
                const std::string& dtype) {
  return {{"architectures", {"MllamaForConditionalGeneration"}},
          {"model_type", "mllama"},
          {"image_token_index", *tokenizer.id("<|image|>")},
          {"torch_dtype", dtype == "bf16"   ? "bfloat16"
                          : dtype == "fp16" ? "float16"
                                            : "float32"},
          {"text_config", text_config(shape, tokenizer)},
          {"vision_config", vision_config(shape)}};
}

/// Mean and deviation of drawn pages, not of photographs: paper becomes 0, and the trace stands out
/// from it.
Json processor_json(const ModelShape& shape) {
  return {{"image_processor_type", "MllamaImageProcessor"},
          {"processor_class", "MllamaProcessor"},
          {"do_convert_rgb", true},
          {"do_resize", true},
          {"do_rescale", true},
          {"rescale_factor", 1.0 / 255},
          {"do_normalize", true},
          {"do_pad", true},
          {"resample", 2},
          {"size", {{"height", shape.tile_size}, {"width", shape.tile_size}}},
          {"max_image_tiles", shape.max_tiles},
          {"image_mean", {0.99, 0.93, 0.92}},
          {"image_std", {0.15, 0.3, 0.3}}};
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// How a tensor begins: a constant, or a normal deviation. Linears have PyTorch's deviation,
/// 1/sqrt(3 fan-in). The cross-attention's q_norm and k_norm begin above one: attention that is
/// uniform over some 400 image tokens dilutes a trace that fills a few of them, and training from
/// scratch then stays for long at the answers' base rates.
struct Start {
  double constant = 0, deviation = 0;
};

Start start_of(const model::TensorSpec& spec) {
  const auto& name = spec.name;
  if (ends_with(name, "positional_embedding.gate")) return {0.5, 0};
  if (name.find("gate") != std::string::npos && spec.shape.size() == 1) return {1, 0};
  if (ends_with(name, ".bias")) return {0, 0};
  if (name.find("cross_attn.q_norm") != std::string::npos ||
      name.find("cross_attn.k_norm") != std::string::npos)
    return {1.4, 0};
  if (name.find("norm") != std::string::npos) return {1, 0};
  if (name.find("positional_embedding") != std::string::npos || ends_with(name, "class_embedding"))
    return {0, 0.3};
  if (name.find("embed_tokens") != std::string::npos) return {0, 0.5};
  double fan_in = 1;
  for (std::size_t i = 1; i < spec.shape.size(); ++i) fan_in *= static_cast<double>(spec.shape[i]);
  const bool first_or_last = name.find("patch_embedding") != std::string::npos ||
                             name.find("lm_head") != std::string::npos;
  return {0, 1 / std::sqrt(first_or_last ? fan_in : 3 * fan_in)};
}

at::Tensor draw(const model::TensorSpec& spec, std::uint64_t seed, std::uint64_t number) {
  const auto start = start_of(spec);
  auto tensor = at::full(spec.shape, start.constant, at::kFloat);
  if (start.deviation == 0) return tensor;
  Random random{seed, number};
  auto* values = tensor.mutable_data_ptr<float>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i)
    values[i] = static_cast<float>(random.normal(start.constant, start.deviation));
  return tensor;
}

}  // namespace

ModelShape model_shape(const std::string& size) {
  ModelShape shape;
  if (size == "tiny") return shape;
  if (size == "40m") {
    shape.vision_width = 384, shape.vision_mlp = 1536, shape.local_layers = 6,
    shape.global_layers = 2;
    shape.kept_layers = {1, 3, 5};
    shape.text_width = 512, shape.heads = 8, shape.kv_heads = 2, shape.text_mlp = 1408,
    shape.text_layers = 8;
    shape.cross_layers = {1, 4, 7};
    return shape;
  }
  if (size == "300m") {
    shape.vision_width = 768, shape.vision_heads = 12, shape.vision_mlp = 3072,
    shape.local_layers = 12, shape.global_layers = 4;
    shape.kept_layers = {1, 3, 5, 7, 10};
    shape.text_width = 1024, shape.heads = 16, shape.kv_heads = 4, shape.text_mlp = 2816,
    shape.text_layers = 16;
    shape.cross_layers = {3, 8, 13};
    return shape;
  }
  throw_usage("the size is '", size,
              "', expected tiny, 40m or 300m; for another shape name a file of its fields");
}

void write_model(const std::filesystem::path& folder, const ModelShape& shape, std::uint64_t seed,
                 const std::string& dtype) {
  const auto type = model::parse_dtype(dtype);
  AtomicFolder target(folder);
  const auto& out = target.staging();
  text::train_sentencepiece(question_corpus(), static_cast<int>(shape.vocabulary), out);
  text::write_hf_tokenizer(out);
  const auto tokenizer = text::load_tokenizer(out);
  write_json(out / "config.json", model_json(shape, *tokenizer, dtype));
  write_json(out / "preprocessor_config.json", processor_json(shape));
  write_json(out / "generation_config.json",
             {{"bos_token_id", *tokenizer->id("<|begin_of_text|>")},
              {"eos_token_id", *tokenizer->id("<|eot_id|>")},
              {"pad_token_id", *tokenizer->id("<|finetune_right_pad_id|>")},
              {"do_sample", false}});
  tensorio::NamedTensors tensors;
  std::uint64_t number = 0;
  for (const auto& spec : model::tensor_table(model::load_model_config(out)))
    tensors.emplace_back(spec.name, draw(spec, seed, number++).to(type));
  tensorio::write_safetensors(out / "model.safetensors", tensors);
  target.commit();
}

}  // namespace ecg_lora::tiny
