#include "ecg_lora/ecg/ptbxl/wording_use.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"

namespace ecg_lora::ptbxl {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxLevels = 4;  ///< from RUN/checkpoints/step-40/adapter up to RUN

/// The wording of the training run that `folder` is of; null if none is stated.
Json wording_of_run(const fs::path& folder) {
  auto run = fs::absolute(folder).lexically_normal();
  for (int level = 0; level < kMaxLevels && run.has_relative_path(); ++level) {
    if (fs::exists(run / "identity.json")) {
      const auto json = read_json(run / "identity.json");
      const auto identity = json.is_object() ? json.value("identity", Json()) : Json();
      return identity.is_object() ? identity.value("wording", Json()) : Json();
    }
    run = run.parent_path();
  }
  return nullptr;
}

std::string text_of(const Json& wording, const char* key) {
  const auto found = wording.value(key, Json());
  return found.is_string() ? found.get<std::string>() : "unknown";
}

}  // namespace

void warn_of_other_words(const fs::path& folder, const Wording& wording) {
  if (folder.empty()) return;
  const auto then = wording_of_run(folder);
  if (!then.is_object() || text_of(then, "sha256") == wording.sha256()) return;
  log_warn(cat(folder.string(), " was trained in the words of '", text_of(then, "name"), "' (",
               text_of(then, "sha256").substr(0, 12), "), and is asked in those of '",
               wording.name(), "' (", wording.sha256().substr(0, 12),
               "): it may answer worse than to the words that it knows; name the wording of the "
               "training"));
}

}  // namespace ecg_lora::ptbxl
