#include "ecg_lora/tensorio/weight_files.h"

#include <algorithm>
#include <memory>
#include <set>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/log_once.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/tensorio/safetensors.h"

namespace ecg_lora::tensorio {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSingleName = "model.safetensors";
constexpr const char* kIndexName = "model.safetensors.index.json";

WeightFiles read_index(const fs::path& path) {
  WeightFiles result;
  const Json json = read_json(path, ExitCode::checkpoint);
  try {
    result.shard_of = json.at("weight_map").get<std::map<std::string, std::string>>();
  } catch (const nlohmann::json::exception&) {
    throw_checkpoint(
        path.string(),
        " has no weight_map of tensor names to shard files; copy or download the file again");
  }
  if (result.shard_of.empty())
    throw_checkpoint(path.string(),
                     " has an empty weight_map, expected tensor names and their shard files; ",
                     "copy or download the file again");
  std::set<std::string> shards;
  for (const auto& [name, shard] : result.shard_of) {
    if (shard.find('/') != std::string::npos)
      throw_checkpoint(path.string(), " places ", name, " in '", shard,
                       "', expected a file name without a folder; correct the index");
    shards.insert(shard);
  }
  result.files.assign(shards.begin(), shards.end());
  return result;
}

/// "transformers_weights" of config.json; empty without. A config that cannot be read is refused
/// by whoever reads the rest of it.
std::string named_file(const fs::path& folder) {
  const auto path = folder / "config.json";
  if (!fs::is_regular_file(path)) return {};
  const auto config = read_json(path, ExitCode::checkpoint);
  const auto found = config.is_object() ? config.find("transformers_weights") : config.end();
  if (found == config.end() || found->is_null()) return {};
  const auto name = found->is_string() ? found->get<std::string>() : std::string();
  const bool known = name.ends_with(".safetensors") || name.ends_with(".safetensors.index.json");
  if (!known || name.find('/') != std::string::npos)
    throw_checkpoint(path.string(), " has transformers_weights ", found->dump(),
                     ", expected the name of a .safetensors file, or of an index of such files, "
                     "in the same folder; correct it");
  return name;
}

bool all_there(const fs::path& folder, const WeightFiles& index) {
  return std::all_of(index.files.begin(), index.files.end(),
                     [&](const auto& file) { return fs::exists(folder / file); });
}

/// Whether `file` was written after the index and each of its shards.
bool is_newest(const fs::path& file, const fs::path& folder, const WeightFiles& index) {
  const auto time = fs::last_write_time(file);
  if (time <= fs::last_write_time(folder / kIndexName)) return false;
  return std::all_of(index.files.begin(), index.files.end(),
                     [&](const auto& shard) { return time > fs::last_write_time(folder / shard); });
}

/// Whether the shards hold the tensors of the single file, bit for bit.
bool equal_tensors(const fs::path& folder, const WeightFiles& index) {
  const SafetensorsFile single(folder / kSingleName);
  if (single.tensors().size() != index.shard_of.size()) return false;
  std::map<std::string, std::unique_ptr<SafetensorsFile>> shards;
  for (const auto& file : index.files)
    shards[file] = std::make_unique<SafetensorsFile>(folder / file);
  Progress progress("comparing the two sets of weights of " + folder.filename().string(),
                    static_cast<std::int64_t>(single.tensors().size()), "tensors");
  for (const auto& info : single.tensors()) {
    const auto found = index.shard_of.find(info.name);
    if (found == index.shard_of.end()) return false;
    const auto& shard = *shards.at(found->second);
    if (!shard.has(info.name)) return false;
    const auto a = single.tensor(info.name), b = shard.tensor(info.name);
    if (a.scalar_type() != b.scalar_type() || !a.equal(b)) return false;
    single.release_pages(info.name);
    shard.release_pages(info.name);
    progress.advance();
  }
  return true;
}

/// Between a single file and an index that stand in one folder.
WeightFiles choose(const fs::path& folder) {
  const WeightFiles single{{kSingleName}, {}};
  const auto index = read_index(folder / kIndexName);
  const auto warn = [&](const char* why) {
    warn_once(cat(folder.string(), " holds ", kSingleName, " and ", kIndexName, ", ", why, ": ",
                  kSingleName, " is read, as transformers does; remove what is left over"));
  };
  if (!all_there(folder, index)) {
    warn("whose shards are not all there");
    return single;
  }
  if (is_newest(folder / kSingleName, folder, index)) {
    warn("whose shards are older");
    return single;
  }
  static std::set<std::string> found_equal;  // a command opens its checkpoint several times
  if (found_equal.count(folder.string())) return single;
  if (!equal_tensors(folder, index))
    throw_checkpoint(folder.string(), " holds two models, ", kSingleName,
                     ", which transformers reads, and the shards of ", kIndexName,
                     ", which were written later or at the same time; remove the one that you do "
                     "not mean");
  found_equal.insert(folder.string());
  return single;
}

}  // namespace

bool has_weight_files(const fs::path& folder) {
  return fs::exists(folder / kSingleName) || fs::exists(folder / kIndexName) ||
         (fs::exists(folder / "config.json") && !named_file(folder).empty());
}

WeightFiles weight_files(const fs::path& folder) {
  if (const auto named = named_file(folder); !named.empty())
    return named.ends_with(".json") ? read_index(folder / named) : WeightFiles{{named}, {}};
  const bool single = fs::exists(folder / kSingleName), index = fs::exists(folder / kIndexName);
  if (single && index) return choose(folder);
  if (single) return {{kSingleName}, {}};
  if (index) return read_index(folder / kIndexName);
  for (const char* pickled : {"pytorch_model.bin", "pytorch_model.bin.index.json"})
    if (fs::exists(folder / pickled))
      throw_checkpoint(folder.string(), " holds its weights in ", pickled,
                       ", a pickle, which can run code, expected ", kSingleName, " or ", kIndexName,
                       "; save the model with safetensors");
  throw_checkpoint("no model.safetensors and no model.safetensors.index.json in ", folder.string(),
                   ", expected a Hugging Face checkpoint folder; name one");
}

}  // namespace ecg_lora::tensorio
