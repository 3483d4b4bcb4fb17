// Whether the files of a checkpoint folder belong together.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "ecg_lora/model/config.h"
#include "ecg_lora/tensorio/checkpoint.h"

namespace ecg_lora::text {
class Tokenizer;
}
namespace ecg_lora::data {
struct ImageConfig;
}

namespace ecg_lora::model {

/// How the tensors on disk differ from the table of a config.
struct Mismatch {
  std::vector<std::string> missing;     ///< names on disk of table rows without a tensor
  std::vector<std::string> unexpected;  ///< names in the checkpoint of tensors without a table row
  std::vector<std::string> misshaped;   ///< "NAME: expected [4, 2], got [4, 4]"
  bool none() const { return missing.empty() && unexpected.empty() && misshaped.empty(); }
};

/// `stored` as stored_names() has it. Reads no tensor: the sizes of a config.json are only claims,
/// which are held against the weights before memory is taken for any of them.
Mismatch compare_table(const ModelConfig& config, const tensorio::Checkpoint& checkpoint,
                       const std::map<std::string, std::string>& stored);

/// Checkpoint error that counts and names what differs, if anything does.
void check_table(const ModelConfig& config, const tensorio::Checkpoint& checkpoint,
                 const std::map<std::string, std::string>& stored);

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
