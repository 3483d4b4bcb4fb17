#include "ecg_lora/train/checkpoint.h"

#include <algorithm>
#include <string>
#include <vector>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/base/json.h"

namespace ecg_lora::train {
namespace {

namespace fs = std::filesystem;

const std::string prefix = "step-";

/// Steps of the whole checkpoints in `folder`, oldest first.
std::vector<std::int64_t> steps_in(const fs::path& folder) {
  std::vector<std::int64_t> steps;
  if (!fs::exists(folder)) return steps;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    const auto digits = name.substr(std::min(prefix.size(), name.size()));
    if (name.rfind(prefix, 0) != 0 || digits.empty() || digits.size() > 18 || digits.find_first_not_of("0123456789") != std::string::npos) continue;
    steps.push_back(std::stoll(digits));
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

Json hash_files(const fs::path& folder) {
  Json hashes = Json::object();
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) hashes[fs::relative(entry.path(), folder).string()] = sha256_file(entry.path());
  return hashes;
}

std::string advice(const fs::path& folder) {
  const auto steps = steps_in(folder.parent_path());
  std::string others;
  for (const auto step : steps)
    if (prefix + std::to_string(step) != folder.filename().string()) others = prefix + std::to_string(step);
  return others.empty() ? "start the run again" : "write " + others + " into the file 'last' to resume from the checkpoint before it";
}

void verify(const fs::path& folder, const Json& state) {
  for (const auto& [name, hash] : state.at("sha256").items()) {
    const auto file = folder / name;
    if (!fs::exists(file)) throw_checkpoint("checkpoint ", folder.string(), " lacks ", name, "; ", advice(folder));
    if (const auto found = sha256_file(file); found != hash.get<std::string>())
      throw_checkpoint("checkpoint file ", file.string(), " is damaged: expected SHA-256 ", hash.get<std::string>(), ", got ", found, "; ", advice(folder));
  }
}

}  // namespace

void save_checkpoint(const fs::path& run, const Position& position, int keep, const std::function<void(const fs::path&)>& fill) {
  const auto folder = run / "checkpoints";
  const auto name = prefix + std::to_string(position.step);
  fs::create_directories(folder);
  if (!fs::exists(folder / name)) {
    AtomicFolder target(folder / name);
    fill(target.staging());
    const Json state = {{"step", position.step}, {"skipped", position.skipped}, {"sha256", hash_files(target.staging())}};
    write_json(target.staging() / "state.json", state);
    target.commit();
  }
  write_file(run / "last", name + "\n");
  const auto steps = steps_in(folder);
  for (std::size_t i = 0; i + static_cast<std::size_t>(keep) < steps.size(); ++i) fs::remove_all(folder / (prefix + std::to_string(steps[i])));
}

FoundCheckpoint find_checkpoint(const fs::path& run) {
  if (!fs::exists(run / "last")) throw_checkpoint(run.string(), " holds no checkpoint to resume from; start the run without --resume");
  auto name = read_file(run / "last");
  name.erase(name.find_last_not_of(" \n\r") + 1);
  const auto folder = run / "checkpoints" / name;
  if (name.find('/') != std::string::npos || !fs::exists(folder / "state.json"))
    throw_checkpoint("checkpoint ", folder.string(), ", which 'last' points to, is not there; ", advice(folder));
  try {
    const auto state = read_json(folder / "state.json");
    verify(folder, state);
    return {folder, {state.at("step").get<std::int64_t>(), state.at("skipped").get<std::int64_t>()}};
  } catch (const nlohmann::json::exception&) {
    throw_checkpoint((folder / "state.json").string(), " is damaged; ", advice(folder));
  } catch (const Error& error) {
    throw_checkpoint(error.what());
  }
}

}  // namespace ecg_lora::train
