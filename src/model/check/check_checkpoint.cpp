#include "ecg_lora/model/check/check_checkpoint.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/model/checkpoint/compare_table.h"
#include "ecg_lora/model/checkpoint/open_checkpoint.h"
#ifdef ECG_LORA_TEXT
#include "ecg_lora/data/loader/preprocess.h"
#include "ecg_lora/text/tokenizer.h"
#endif

namespace ecg_lora::model {

namespace fs = std::filesystem;

bool has_tokenizer(const fs::path& folder) {
  return fs::exists(folder / "tokenizer.json") || fs::exists(folder / "tokenizer.model");
}

#ifdef ECG_LORA_TEXT

namespace {

constexpr std::int64_t kExtraRows = 8;  ///< of the embedding, beyond the vocabulary

/// What prompts are written with (chat_template.jinja).
constexpr const char* kPromptTokens[] = {"<|begin_of_text|>", "<|start_header_id|>",
                                         "<|end_header_id|>", "<|eot_id|>"};

}  // namespace

void check_tokenizer(const text::Tokenizer& tokenizer, const fs::path& folder,
                     const ModelConfig& config) {
  const auto refuse = [&](const auto&... what) {
    throw_checkpoint("the tokenizer of ", folder.string(), " ", what...,
                     "; use the tokenizer that belongs to this checkpoint");
  };
  const auto image = tokenizer.id("<|image|>");
  if (!image || *image != config.image_token_id)
    refuse("has <|image|> ", image ? cat("at ", *image) : "nowhere", ", expected at ",
           config.image_token_id, " as config.json says");
  if (const auto rows = config.text.vocab_size + kExtraRows; tokenizer.size() > rows)
    refuse("has ids up to ", tokenizer.size() - 1, ", expected at most ", rows - 1,
           ", the last row of the embedding");
  for (const char* token : kPromptTokens)
    if (!tokenizer.id(token))
      refuse("has no ", token, ", expected the special tokens that prompts are written with");
}

void check_processor(const data::ImageConfig& image, const fs::path& folder,
                     const ModelConfig& config) {
  const auto& vision = config.vision;
  if (image.tile_size == vision.image_size && image.max_tiles == vision.max_tiles) return;
  throw_checkpoint("the image processor of ", folder.string(), " makes up to ", image.max_tiles,
                   " tiles of ", image.tile_size, " px, expected ", vision.max_tiles, " of ",
                   vision.image_size,
                   " px as config.json says; use the file that belongs to this checkpoint");
}

#endif

void check_checkpoint(const fs::path& folder) {
  const auto config = load_model_config(folder);
  if (has_weights(folder)) {
    const auto checkpoint = open_checkpoint(folder);
    check_table(config, *checkpoint, stored_names(*checkpoint));
  }
#ifdef ECG_LORA_TEXT
  if (has_tokenizer(folder)) check_tokenizer(*text::load_tokenizer(folder), folder, config);
  if (data::has_image_config(folder))
    check_processor(data::load_image_config(folder), folder, config);
#endif
}

}  // namespace ecg_lora::model
