// Whether the files of a checkpoint folder belong together.
#pragma once

#include <filesystem>

#include "ecg_lora/model/shape/config.h"

namespace ecg_lora::text {
class Tokenizer;
}
namespace ecg_lora::data {
struct ImageConfig;
}

namespace ecg_lora::model {

/// Whether `folder` has a file that text::load_tokenizer() looks at.
bool has_tokenizer(const std::filesystem::path& folder);

/// Checkpoint error if the tokenizer of `folder` and config.json disagree: the image token, ids
/// without an embedding, or a special token of the prompts that is not there.
void check_tokenizer(const text::Tokenizer& tokenizer, const std::filesystem::path& folder,
                     const ModelConfig& config);

/// Checkpoint error if the image processor of `folder` makes other tiles than config.json says.
void check_processor(const data::ImageConfig& image, const std::filesystem::path& folder,
                     const ModelConfig& config);

/// All of these for the files that `folder` holds: config.json always; weights, tokenizer and image
/// processor if they are there. Every command that takes a checkpoint calls it before long work. A
/// build without tokenizers compares the weights alone.
void check_checkpoint(const std::filesystem::path& folder);

}  // namespace ecg_lora::model
