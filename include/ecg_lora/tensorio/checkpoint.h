// A Hugging Face checkpoint folder: model.safetensors, or shards with model.safetensors.index.json.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ecg_lora/tensorio/safetensors.h"

namespace ecg_lora::tensorio {

class Checkpoint {
 public:
  /// Opens every shard; a missing shard, or an index that disagrees with its shards, is a checkpoint error.
  explicit Checkpoint(const std::filesystem::path& folder);

  const std::filesystem::path& folder() const { return folder_; }
  /// Names over all shards, in shard and file order.
  const std::vector<std::string>& names() const { return names_; }
  bool has(const std::string& name) const { return shard_of_.count(name) != 0; }
  const TensorInfo& info(const std::string& name) const;
  at::Tensor tensor(const std::string& name) const;
  void forget_pages(const std::string& name) const;  ///< see SafetensorsFile
  const std::vector<std::shared_ptr<SafetensorsFile>>& shards() const { return shards_; }

 private:
  std::filesystem::path folder_;
  std::vector<std::shared_ptr<SafetensorsFile>> shards_;
  std::vector<std::string> names_;
  std::map<std::string, std::pair<std::size_t, std::size_t>> shard_of_;  ///< name to (shard, index in it)
};

}  // namespace ecg_lora::tensorio
