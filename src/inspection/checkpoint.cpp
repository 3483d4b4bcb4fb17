// Checkpoint folders: shape, parameters, files, and whether every tensor is there.
#include <c10/util/accumulate.h>

#include <map>
#include <set>

#include "ecg_lora/data/loader/preprocess.h"
#include "ecg_lora/inspection/describe.h"
#include "ecg_lora/model/check/check_checkpoint.h"
#include "ecg_lora/model/checkpoint/compare_table.h"
#include "ecg_lora/model/checkpoint/open_checkpoint.h"
#include "ecg_lora/model/checkpoint/stored_dtype.h"
#include "ecg_lora/model/shape/config.h"
#include "ecg_lora/model/shape/table.h"
#include "ecg_lora/text/chat_format.h"
#include "ecg_lora/text/tokenizer.h"

namespace ecg_lora::inspection {
namespace {

namespace fs = std::filesystem;

/// Who says which states the kept layers mean.
const char* stated_by(const model::VisionConfig& vision) {
  if (vision.states_origin == model::VisionStatesOrigin::user) return "--vision-states";
  return vision.states_origin == model::VisionStatesOrigin::checkpoint ? "the checkpoint"
                                                                       : "assumed";
}

Json describe_vision(const model::VisionConfig& vision) {
  return {{"width", vision.hidden_size},
          {"heads", vision.heads},
          {"mlp", vision.intermediate_size},
          {"local_layers", vision.local_layers},
          {"global_layers", vision.global_layers},
          {"vision_states", to_string(vision.states)},
          {"vision_states_by", stated_by(vision)},
          {"intermediate_layers_indices", vision.intermediate_layers},
          {"tile_px", vision.image_size},
          {"patch_px", vision.patch_size},
          {"most_tiles", vision.max_tiles},
          {"patches_a_tile", vision.patches()},
          {"output_width", vision.output_size()}};
}

Json describe_decoder(const model::TextConfig& text) {
  return {{"width", text.hidden_size},
          {"heads", text.heads},
          {"key_value_heads", text.kv_heads},
          {"head_size", text.head_size()},
          {"mlp", text.intermediate_size},
          {"layers", text.layers},
          {"cross_attention_layers", text.cross_attention_layers},
          {"vocabulary", text.vocab_size},
          {"rope_theta", text.rope.theta}};
}

Json describe_parameters(const std::vector<model::TensorSpec>& table) {
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> towers;
  for (const auto& spec : table) {
    for (const auto& tower : {model::tower_of(spec.name), std::string("all")}) {
      ++towers[tower].first;
      towers[tower].second += c10::multiply_integers(spec.shape);
    }
  }
  Json rows = Json::array();
  for (const std::string tower : {"vision", "projector", "text", "all"})
    rows.push_back(
        {{"tower", tower}, {"tensors", towers[tower].first}, {"parameters", towers[tower].second}});
  return rows;
}

/// The published models of this shape, which adapters for them fit.
std::string known_shape(const model::ModelConfig& config) {
  const auto& text = config.text;
  const std::string size = text.hidden_size == 4096 && text.layers == 40    ? "11B"
                           : text.hidden_size == 8192 && text.layers == 100 ? "90B"
                                                                            : "";
  if (size.empty() || config.vision.hidden_size != 1280) return "no published size";
  const auto tile = config.vision.image_size;
  return cat("Llama 3.2 Vision ", size,
             tile == 560   ? " Instruct (560 px tiles)"
             : tile == 448 ? " Base (448 px tiles)"
                           : cat(" with tiles of ", tile, " px"));
}

/// Files, bytes and dtypes of the weights.
Json describe_weights(const tensorio::Checkpoint& checkpoint) {
  std::map<std::string, std::int64_t> dtypes;
  for (const auto& name : checkpoint.names())
    ++dtypes[model::dtype_name(checkpoint.info(name).dtype)];
  std::uintmax_t bytes = 0;
  Json files = Json::array();
  for (const auto& [path, names] : checkpoint.files()) {
    bytes += fs::file_size(path);
    files.push_back(path.filename().string());
  }
  Json kinds = Json::array();
  for (const auto& [dtype, tensors] : dtypes)
    kinds.push_back(dtypes.size() == 1 ? dtype : cat(dtype, " (", tensors, " tensors)"));
  return {{"dtype", kinds}, {"shards", files.size()}, {"files", files}, {"bytes", bytes}};
}

/// Tensors of the shape's table against those on disk.
Json compare(const model::ModelConfig& config, const tensorio::Checkpoint& checkpoint,
             const std::map<std::string, std::string>& stored) {
  const auto found = model::compare_table(config, checkpoint, stored);
  return {{"complete", found.empty()},
          {"missing", found.missing},
          {"unexpected", found.unexpected},
          {"misshaped", found.misshaped}};
}

/// Runs `check`; the reason why it fails is returned, and kept in `description` if it is the first.
template <class F>
std::string reason(Description& description, F check) {
  try {
    check();
    return "";
  } catch (const Error& error) {
    if (description.code == ExitCode::done)
      description.code = ExitCode::checkpoint, description.problem = error.what();
    return error.what();
  }
}

/// What `describe` returns, or the reason why it fails, kept as reason() does.
template <class F>
Json or_reason(Description& description, F describe) {
  Json part;
  const auto problem = reason(description, [&] { part = describe(); });
  return problem.empty() ? part : Json{{"problem", problem}};
}

/// The generation of a chat template, for people.
std::string generation_of(const text::ChatTemplate& found) {
  return found.layout ? text::name_of(*found.layout) : "unknown";
}

Json describe_tokenizer(const fs::path& folder, const model::ModelConfig& config) {
  const auto kind = text::tokenizer_kind(folder);
  const auto tokenizer = text::load_tokenizer(folder);
  model::check_tokenizer(*tokenizer, folder, config);
  const auto templates = text::chat_templates_of(folder);
  Json described = {
      {"kind", kind},
      {"vocabulary", tokenizer->size()},
      {"image_token", config.image_token_id},
      {"chat_template", templates.empty() ? "none" : generation_of(templates.front())},
      {"prompt_layout", text::name_of(text::layout_of(templates))}};
  if (templates.empty()) return described;
  described["chat_template_file"] = templates.front().file.filename().string();
  if (const auto missing = text::tokens_not_in_template(templates.front().text); !missing.empty())
    described["tokens_not_in_chat_template"] = missing;
  return described;
}

Json describe_processor(const fs::path& folder, const model::ModelConfig& config) {
  const auto image = data::load_image_config(folder);
  model::check_processor(image, folder, config);
  return {{"tile_px", image.tile_size},
          {"most_tiles", image.max_tiles},
          {"mean", image.mean},
          {"std", image.std}};
}

}  // namespace

Description describe_checkpoint(const fs::path& folder, const ChosenStates& states) {
  const auto config = model::load_model_config(folder, states);
  model::warn_of_assumed_states(config.vision);
  const auto table = model::tensor_table(config);
  const auto opened = model::open_checkpoint(folder);
  const auto& checkpoint = *opened;
  Description description;
  auto& out = description.content;
  out = {{"kind", "checkpoint"},
         {"path", folder.string()},
         {"architecture", "mllama (LLaMA 3.2 Vision)"},
         {"layout",
          checkpoint.files().front().path.extension() == ".pth" ? "Meta's" : "Hugging Face's"},
         {"fits", known_shape(config)}};
  const auto stored = model::stored_names(checkpoint);
  const auto tensors = compare(config, checkpoint, stored);
  reason(description, [&] { model::check_table(config, checkpoint, stored); });
  out["vision_tower"] = describe_vision(config.vision);
  out["decoder"] = describe_decoder(config.text);
  out["parameters"] = describe_parameters(table);
  out["weights"] = describe_weights(checkpoint);
  out["tokenizer"] = or_reason(description, [&] { return describe_tokenizer(folder, config); });
  out["image_processor"] =
      or_reason(description, [&] { return describe_processor(folder, config); });
  out["tensors"] = tensors;
  return description;
}

}  // namespace ecg_lora::inspection
