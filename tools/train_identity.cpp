#include "train_identity.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/ranks/shared_work.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

fs::path file_of(const fs::path& run) {
  return run / "identity.json";
}

Json read_identity(const fs::path& run) {
  return fs::exists(file_of(run)) ? read_json(file_of(run)) : Json();
}

/// check_same_states() compares them, by what they mean.
Json without_states(Json identity) {
  if (identity.is_object()) identity.erase(model::kVisionStates);
  return identity;
}

/// What has to be equal on all ranks, by name. Paths may differ: what lies there is compared.
std::vector<std::pair<std::string, Json>> parts(const TrainRecipe& recipe, const Json& identity) {
  auto config = config::dump(recipe);
  for (const char* key : {"model", "output", model::kVisionStates}) config.erase(key);
  for (const char* key :
       {"root", "wording", "instructions", "valid_instructions", "image_roots", "recording_roots"})
    config["data"].erase(key);
  for (const char* key : {"device", "threads", "quantised_cache"}) config["compute"].erase(key);
  config["batch"].erase("workers");
  std::vector<std::pair<std::string, Json>> result;
  for (const auto& [key, value] : config.items()) result.emplace_back("config " + key, value);
  for (const auto& [key, value] : identity.items()) result.emplace_back("files of " + key, value);
  return result;
}

}  // namespace

MadeWith made_with(const TrainRecipe& recipe, const model::ModelConfig& base, const DataSet& set,
                   const std::vector<data::PageRef>& pages) {
  const auto before = read_identity(recipe.output);
  FileSums sums(before.is_object() ? before.value("sums", Json()) : Json());
  auto files = recipe.data.instructions;
  const auto& more = recipe.data.valid_instructions;
  files.insert(files.end(), more.begin(), more.end());
  Json identity{{"model", model_identity(recipe.model, sums)},
                {model::kVisionStates, to_json(base.vision.kept())},
                {"tables", table_identity(recipe.data)},
                {"instructions", instruction_identity(files)},
                {"pages", page_identity(pages, recipe.compute.threads)}};
  if (set.labels) identity["wording"] = set.labels->wording().identity();
  return {std::move(identity), sums.known()};
}

void compare_ranks(ranks::Group& group, const TrainRecipe& recipe, const Json& identity) {
  ranks::Given given;
  for (const auto& [name, value] : parts(recipe, identity))
    given.emplace_back(name, json_text(value));
  const auto difference = ranks::difference_of_ranks(group, given);
  if (!difference.empty()) throw_usage(difference);
}

void check_unchanged(const fs::path& run, const Json& identity, bool accept) {
  if (!fs::exists(run)) return;
  const auto before = read_identity(run);
  if (!before.is_object() || !before.contains("identity"))
    return log_warn(cat(run.string(),
                        " does not say what it was made with, so that a change of "
                        "base or data since then is not noticed"));
  const auto was = without_states(before.at("identity")), now = without_states(identity);
  if (was == now) return;
  const auto what = cat("resuming ", run.string(),
                        ", but what it was started with has changed: ", differences(now, was));
  if (!accept)
    throw_usage(what,
                "; expected the same files; bring them back, choose another output, or add "
                "--accept-changes to go on with these");
  log_warn(what + ": its result is that of neither alone");
}

void check_same_states(const fs::path& run, const model::VisionConfig& base) {
  const auto before = read_identity(run);
  const auto was = before.is_object() ? before.value("identity", Json()) : Json();
  if (!was.is_object() || !was.contains(model::kVisionStates)) return;
  const auto kept = model::kept_states(was[model::kVisionStates], file_of(run).string());
  if (kept.layers_run() == base.kept().layers_run()) return;
  const auto what =
      cat("resuming ", run.string(), ", which was started with the vision states ", to_string(kept),
          ", with a base that is opened with ", to_string(base.kept()));
  if (base.states_by != model::StatesBy::user)
    throw_checkpoint(what,
                     ", expected the same; use the base that it was started with, or set "
                     "vision_states to go on all the same");
  log_warn(what + ", as vision_states says: its result is that of neither alone");
}

void write_identity(const fs::path& run, const MadeWith& made) {
  write_json(file_of(run), {{"identity", made.identity}, {"sums", made.sums}});
}

}  // namespace ecg_lora::tools
