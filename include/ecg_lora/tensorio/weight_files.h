// Which files of a Hugging Face folder hold its weights.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace ecg_lora::tensorio {

/// Files to open, and the shard of each tensor if an index places them.
struct WeightFiles {
  std::vector<std::string> files;               ///< names in the folder, in their order
  std::map<std::string, std::string> shard_of;  ///< tensor to file; empty without an index
};

/// Chooses as transformers' from_pretrained() does: what "transformers_weights" of config.json
/// names, else model.safetensors, else the shards of model.safetensors.index.json. Folders that
/// were saved into twice hold both:
///   - an index whose shards are not all there is left over: model.safetensors, with a warning
///   - shards that are all older than model.safetensors: model.safetensors, with a warning
///   - shards of equal tensors: model.safetensors
///   - anything else gives one model in transformers and another to programs that go by the date:
///     checkpoint error that names both
/// Also throws a checkpoint error if there are no weights, or the index is damaged.
WeightFiles weight_files(const std::filesystem::path& folder);

/// Whether `folder` holds a file that weight_files() looks at.
bool has_weight_files(const std::filesystem::path& folder);

}  // namespace ecg_lora::tensorio
