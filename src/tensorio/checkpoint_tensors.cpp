#include "ecg_lora/tensorio/checkpoint_tensors.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/tensorio/weight_files.h"

namespace ecg_lora::tensorio {

bool SafetensorsCheckpoint::is_in(const std::filesystem::path& folder) {
  return has_weight_files(folder);
}

SafetensorsCheckpoint::SafetensorsCheckpoint(const std::filesystem::path& folder)
    : Checkpoint(folder) {
  const auto [files, map] = weight_files(folder);
  for (const auto& file : files) {
    const auto shard = shards_.size();
    shards_.push_back(std::make_shared<SafetensorsFile>(folder / file));
    const auto& tensors = shards_.back()->tensors();
    files_.push_back({folder / file, {}});
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      const auto& name = tensors[i].name;
      if (!map.empty() && (!map.count(name) || map.at(name) != file)) continue;
      if (shard_of_.count(name))
        throw_checkpoint("tensor ", name, " is in two shards of ", folder.string(),
                         "; copy or download the checkpoint again");
      shard_of_[name] = {shard, i};
      names_.push_back(name);
      files_.back().names.push_back(name);
    }
  }
  for (const auto& [name, file] : map)
    if (!shard_of_.count(name))
      throw_checkpoint("the index of ", folder.string(), " places ", name, " in ", file,
                       ", which does not hold it; copy or download the checkpoint again");
}

const TensorInfo& SafetensorsCheckpoint::info(const std::string& name) const {
  const auto found = shard_of_.find(name);
  if (found == shard_of_.end())
    throw_checkpoint("checkpoint ", folder_.string(), " has no tensor ", name,
                     "; use the checkpoint that belongs here");
  return shards_[found->second.first]->tensors()[found->second.second];
}

at::Tensor SafetensorsCheckpoint::tensor(const std::string& name) const {
  info(name);
  return shards_[shard_of_.at(name).first]->tensor(name);
}

void SafetensorsCheckpoint::release_pages(const std::string& name) const {
  shards_[shard_of_.at(name).first]->release_pages(name);
}

void SafetensorsCheckpoint::prefetch(const std::string& name) const {
  shards_[shard_of_.at(name).first]->prefetch(name);
}

}  // namespace ecg_lora::tensorio
