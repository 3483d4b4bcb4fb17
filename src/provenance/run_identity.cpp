#include "ecg_lora/provenance/run_identity.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json_differences.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/train/distributed/shared_work.h"

namespace ecg_lora::provenance {
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
distributed::NamedValues given_of(Json config, const Json& identity) {
  for (const char* key : {"model", "output", model::kVisionStates}) config.erase(key);
  for (const char* key :
       {"root", "wording", "instructions", "valid_instructions", "image_roots", "recording_roots"})
    config["data"].erase(key);
  for (const char* key : {"device", "threads", "quantised_cache"}) config["compute"].erase(key);
  config["batch"].erase("workers");
  distributed::NamedValues given;
  for (const auto& [key, value] : config.items())
    given.emplace_back("config " + key, json_text(value));
  for (const auto& [key, value] : identity.items())
    given.emplace_back("files of " + key, json_text(value));
  return given;
}

}  // namespace

RunIdentity run_identity(const RunInputs& inputs) {
  const auto before = read_identity(inputs.run);
  FileHashes hashes(before.is_object() ? before.value("hashes", Json()) : Json());
  auto files = inputs.data.instructions;
  const auto& more = inputs.data.valid_instructions;
  files.insert(files.end(), more.begin(), more.end());
  Json identity{{"model", model_identity(inputs.model, hashes)},
                {model::kVisionStates, to_json(inputs.vision.kept_states())},
                {"tables", table_identity(inputs.data)},
                {"instructions", instruction_identity(files)},
                {"pages", page_identity(inputs.pages, inputs.threads)}};
  if (!inputs.wording.is_null()) identity["wording"] = inputs.wording;
  return {std::move(identity), hashes.known()};
}

void compare_ranks(distributed::Group& group, const Json& config, const Json& identity) {
  const auto difference = distributed::difference_of_ranks(group, given_of(config, identity));
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
  const auto kept = model::parse_kept_states(was[model::kVisionStates], file_of(run).string());
  if (kept.layers_run() == base.kept_states().layers_run()) return;
  const auto what =
      cat("resuming ", run.string(), ", which was started with the vision states ", to_string(kept),
          ", with a base that is opened with ", to_string(base.kept_states()));
  if (base.states_origin != model::VisionStatesOrigin::user)
    throw_checkpoint(what,
                     ", expected the same; use the base that it was started with, or set "
                     "vision_states to go on all the same");
  log_warn(what + ", as vision_states says: its result is that of neither alone");
}

void write_identity(const fs::path& run, const RunIdentity& identity) {
  write_json(file_of(run), {{"identity", identity.compared}, {"hashes", identity.hashes}});
}

}  // namespace ecg_lora::provenance
