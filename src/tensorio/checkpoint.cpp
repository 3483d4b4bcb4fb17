#include "ecg_lora/tensorio/checkpoint.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json.h"

namespace ecg_lora::tensorio {
namespace {

/// Shard file names in the order of their first mention; the weight map is returned through `map`.
std::vector<std::string> read_index(const std::filesystem::path& path, std::map<std::string, std::string>& map) {
  std::vector<std::string> shards;
  const Json json = read_json(path, ExitCode::checkpoint);
  try {
    map = json.at("weight_map").get<std::map<std::string, std::string>>();
  } catch (const nlohmann::json::exception&) {
    throw_checkpoint(path.string(), " has no weight_map of tensor names to shard files; copy or download the file again");
  }
  if (map.empty())
    throw_checkpoint(path.string(),
                     " has an empty weight_map, expected tensor names and their shard files; ",
                     "copy or download the file again");
  std::map<std::string, bool> seen;
  for (const auto& [name, shard] : map) {
    if (shard.find('/') != std::string::npos)
      throw_checkpoint(path.string(), " places ", name, " in '", shard, "', expected a file name without a folder; correct the index");
    if (!std::exchange(seen[shard], true)) shards.push_back(shard);
  }
  std::sort(shards.begin(), shards.end());
  return shards;
}

}  // namespace

bool SafetensorsCheckpoint::is_in(const std::filesystem::path& folder) {
  return std::filesystem::exists(folder / "model.safetensors") || std::filesystem::exists(folder / "model.safetensors.index.json");
}

SafetensorsCheckpoint::SafetensorsCheckpoint(const std::filesystem::path& folder) : Checkpoint(folder) {
  const auto single = folder / "model.safetensors", index = folder / "model.safetensors.index.json";
  std::map<std::string, std::string> map;
  std::vector<std::string> files;
  if (std::filesystem::exists(index))
    files = read_index(index, map);
  else if (std::filesystem::exists(single))
    files = {"model.safetensors"};
  else
    throw_checkpoint("no model.safetensors and no model.safetensors.index.json in ", folder.string(),
                     ", expected a Hugging Face checkpoint folder; name one");
  for (const auto& file : files) {
    const auto shard = shards_.size();
    shards_.push_back(std::make_shared<SafetensorsFile>(folder / file));
    const auto& tensors = shards_.back()->tensors();
    files_.push_back({folder / file, {}});
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      const auto& name = tensors[i].name;
      if (!map.empty() && (!map.count(name) || map.at(name) != file)) continue;
      if (shard_of_.count(name)) throw_checkpoint("tensor ", name, " is in two shards of ", folder.string(), "; copy or download the checkpoint again");
      shard_of_[name] = {shard, i};
      names_.push_back(name);
      files_.back().names.push_back(name);
    }
  }
  for (const auto& [name, file] : map)
    if (!shard_of_.count(name))
      throw_checkpoint("the index of ", folder.string(), " places ", name, " in ", file, ", which does not hold it; copy or download the checkpoint again");
}

const TensorInfo& SafetensorsCheckpoint::info(const std::string& name) const {
  const auto found = shard_of_.find(name);
  if (found == shard_of_.end()) throw_checkpoint("checkpoint ", folder_.string(), " has no tensor ", name, "; use the checkpoint that belongs here");
  return shards_[found->second.first]->tensors()[found->second.second];
}

at::Tensor SafetensorsCheckpoint::tensor(const std::string& name) const {
  info(name);
  return shards_[shard_of_.at(name).first]->tensor(name);
}

void SafetensorsCheckpoint::forget_pages(const std::string& name) const { shards_[shard_of_.at(name).first]->forget_pages(name); }

}  // namespace ecg_lora::tensorio
