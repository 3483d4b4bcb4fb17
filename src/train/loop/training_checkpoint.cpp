#include "ecg_lora/train/loop/training_checkpoint.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/base/log.h"

namespace ecg_lora::train {
namespace {

namespace fs = std::filesystem;

const std::string kPrefix = "step-";

std::string name_of(std::int64_t step) {
  return kPrefix + std::to_string(step);
}

/// Steps of the checkpoints in `folder`, oldest first.
std::vector<std::int64_t> steps_in(const fs::path& folder) {
  std::vector<std::int64_t> steps;
  if (!fs::exists(folder)) return steps;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    const auto digits = name.substr(std::min(kPrefix.size(), name.size()));
    if (name.rfind(kPrefix, 0) != 0 || digits.empty() || digits.size() > 18 ||
        digits.find_first_not_of("0123456789") != std::string::npos)
      continue;
    steps.push_back(std::stoll(digits));
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

Json sizes_of(const fs::path& folder) {
  Json sizes = Json::object();
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file())
      sizes[fs::relative(entry.path(), folder).string()] = entry.file_size();
  return sizes;
}

Json hash_files(const fs::path& folder) {
  Json hashes = Json::object();
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file())
      hashes[fs::relative(entry.path(), folder).string()] = sha256_file(entry.path());
  return hashes;
}

/// The size that a file had when it was written: a file of another is not read to the end, however
/// long it is.
std::optional<std::uintmax_t> size_of(const Json& json, const std::string& name) {
  if (!json.contains("bytes") || !json.at("bytes").contains(name)) return std::nullopt;
  return json.at("bytes").at(name).get<std::uintmax_t>();
}

/// What is wrong with the checkpoint; empty where it is whole. Its state goes to `state`.
std::string damage(const fs::path& folder, TrainerState& state) {
  const auto file = folder / "state.json";
  try {
    const auto json = read_json(file);
    state = trainer_state_from(json);
    for (const auto& [name, hash] : json.at("sha256").items()) {
      if (!fs::exists(folder / name)) return cat("checkpoint ", folder.string(), " lacks ", name);
      if (const auto size = size_of(json, name); size && fs::file_size(folder / name) != *size)
        return cat("checkpoint file ", (folder / name).string(), " is damaged: expected ", *size,
                   " bytes, got ", fs::file_size(folder / name));
      if (const auto found = sha256_file(folder / name); found != hash.get<std::string>())
        return cat("checkpoint file ", (folder / name).string(), " is damaged: expected SHA-256 ",
                   hash.get<std::string>(), ", got ", found);
    }
  } catch (const nlohmann::json::exception&) {
    return file.string() + " is damaged";
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// The newest whole checkpoint before `step`, as an option of the command line.
std::string advice(const fs::path& checkpoints, std::int64_t before) {
  const auto steps = steps_in(checkpoints);
  TrainerState state;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step)
    if (*step < before && damage(checkpoints / name_of(*step), state).empty())
      return cat("run the same command with --resume-from ", name_of(*step),
                 " to go on from the checkpoint before it");
  return "there is no whole checkpoint before it, so start the run again";
}

std::string pointed(const fs::path& pointer) {
  auto name = read_file(pointer);
  name.erase(name.find_last_not_of(" \n\r") + 1);
  return name;
}

std::int64_t step_of(const std::string& name) {
  const auto digits = name.rfind(kPrefix, 0) == 0 ? name.substr(kPrefix.size()) : "";
  return digits.empty() || digits.size() > 18 ||
                 digits.find_first_not_of("0123456789") != std::string::npos
             ? -1
             : std::stoll(digits);
}

FoundCheckpoint verified(const fs::path& run, const std::string& name) {
  const auto checkpoints = run / "checkpoints";
  FoundCheckpoint found{checkpoints / name, {}};
  if (const auto wrong = damage(found.folder, found.state); !wrong.empty())
    throw_checkpoint(wrong, "; ", advice(checkpoints, step_of(name)));
  return found;
}

/// `best` names a checkpoint that is there, or is away.
void point_best(const fs::path& run, const TrainerState& state) {
  const auto name = name_of(state.best_step);
  if (state.best_step > 0 && fs::exists(run / "checkpoints" / name))
    write_file(run / "best", name + "\n");
  else
    fs::remove(run / "best");
}

void remove_old(const fs::path& checkpoints, const TrainerState& state, int keep) {
  auto steps = steps_in(checkpoints);
  std::erase_if(steps, [&](std::int64_t step) { return step > state.step; });
  for (std::size_t i = 0; i + static_cast<std::size_t>(keep) < steps.size(); ++i)
    if (steps[i] != state.best_step) fs::remove_all(checkpoints / name_of(steps[i]));
}

}  // namespace

void save_checkpoint(const fs::path& run, const TrainerState& state, int keep,
                     const std::function<void(const fs::path&)>& fill) {
  const auto folder = run / "checkpoints" / name_of(state.step);
  fs::remove_all(folder);
  AtomicFolder target(folder);
  fill(target.staging());
  auto json = to_json(state);
  json["sha256"] = hash_files(target.staging());
  json["bytes"] = sizes_of(target.staging());
  write_json(target.staging() / "state.json", json);
  target.commit();
  point_best(run, state);
  write_file(run / "last", name_of(state.step) + "\n");
  remove_old(run / "checkpoints", state, keep);
}

void update_state(const fs::path& run, const TrainerState& state) {
  const auto file = run / "checkpoints" / name_of(state.step) / "state.json";
  auto json = to_json(state);
  json["sha256"] = read_json(file).at("sha256");
  write_json(file, json);
  point_best(run, state);
}

bool has_checkpoint(const fs::path& run) {
  return fs::exists(run / "last");
}

FoundCheckpoint find_checkpoint(const fs::path& run, const std::string& wanted) {
  const auto checkpoints = run / "checkpoints";
  if (!wanted.empty()) {
    if (step_of(wanted) < 0 || !fs::exists(checkpoints / wanted)) {
      const auto names = joined(steps_in(checkpoints), name_of);
      throw_usage("--resume-from ", wanted, ": ", checkpoints.string(),
                  " has no such checkpoint, expected ",
                  names.empty() ? "some, but there is none" : "one of " + names);
    }
    return verified(run, wanted);
  }
  if (!has_checkpoint(run))
    throw_checkpoint(run.string(),
                     " holds no checkpoint to resume from; start the run without --resume");
  const auto name = pointed(run / "last");
  if (step_of(name) < 0)
    throw_checkpoint((run / "last").string(),
                     " is damaged: expected the name of a checkpoint, such as step-40; ",
                     advice(checkpoints, std::int64_t{1} << 60));
  if (!fs::exists(checkpoints / name))
    throw_checkpoint("checkpoint ", (checkpoints / name).string(),
                     ", which 'last' points to, is not there; ",
                     advice(checkpoints, step_of(name)));
  return verified(run, name);
}

FoundCheckpoint find_best(const fs::path& run) {
  if (!fs::exists(run / "best"))
    throw_checkpoint(run.string(),
                     " holds no best checkpoint, expected one from a validation; set loop.write to "
                     "last, or resume with loop.keep_best and a validation");
  return verified(run, pointed(run / "best"));
}

void point_last(const fs::path& run, const FoundCheckpoint& found) {
  write_file(run / "last", found.folder.filename().string() + "\n");
  if (found.state.best_step > 0 &&
      !fs::exists(run / "checkpoints" / name_of(found.state.best_step)))
    log_warn(cat("the best checkpoint up to then, ", name_of(found.state.best_step),
                 ", was removed when a better one came; until the next better one there is none"));
  point_best(run, found.state);
}

}  // namespace ecg_lora::train
