#include "ecg_lora/export/finish.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/inference/decoding/decode.h"
#include "ecg_lora/model/check/check_checkpoint.h"
#include "ecg_lora/model/checkpoint/auxiliary_files.h"
#include "ecg_lora/model/shape/meta.h"
#ifdef ECG_LORA_TEXT
#include "ecg_lora/text/llama3_hf.h"
#include "ecg_lora/text/tokenizer.h"
#endif

namespace ecg_lora::exports {
namespace {

namespace fs = std::filesystem;

/// Of a base in Meta's layout, whose only tokenizer file Hugging Face's tools do not read.
void write_tokenizer(const fs::path& base, [[maybe_unused]] const fs::path& out,
                     const fs::path& name) {
  if (!model::has_meta_params(base)) return;
#ifdef ECG_LORA_TEXT
  const bool instruct = model::meta_generation_config(base)["eos_token_id"].is_array();
  if (text::write_llama3_hf_tokenizer(base / "tokenizer.model", out, instruct)) return;
#endif
  log_warn(cat("no tokenizer.json was written to ", name.string(),
               ", because there is no Llama 3 tokenizer.model in ", base.string(),
               " or this build is without tokenizers; Hugging Face's tools need one"));
}

/// Tokens that end an answer; none if there is no tokenizer that this build reads.
std::vector<std::int64_t> stops_of([[maybe_unused]] const fs::path& folder,
                                   [[maybe_unused]] const model::ModelConfig& config) {
#ifdef ECG_LORA_TEXT
  if (model::has_tokenizer(folder))
    return decoding::load_stops(config, *text::load_tokenizer(folder));
#endif
  return {};
}

void write_stops(const fs::path& base, const fs::path& out) {
  const auto stops = stops_of(out, model::load_model_config(out));
  const auto added = model::add_stop_tokens(out, stops);
  if (added.empty()) return;
  log_info(cat("the answers of training end with <|eot_id|>, and ", base.string(),
               " does not stop at all tokens that end one: ", joined(added),
               " added to eos_token_id in generation_config.json and config.json"));
}

}  // namespace

void finish_export(const fs::path& base, const fs::path& out, const fs::path& name) {
  write_tokenizer(base, out, name);
  write_stops(base, out);
  model::check_checkpoint(out);
}

model::KeptStates exported_states(const model::VisionConfig& base) {
  return converted(base.kept_states(), model::VisionStates::leaving, base.local_layers);
}

std::string stops_to_pass(const fs::path& base) {
  const auto config = model::load_model_config(base);
  const auto stops = stops_of(base, config);
  const bool known = stops.empty() || stops == config.eos_token_ids;
  return known ? "" : cat("eos_token_id=[", joined(stops), "]");
}

}  // namespace ecg_lora::exports
