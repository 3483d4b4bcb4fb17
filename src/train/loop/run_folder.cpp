#include "ecg_lora/train/loop/run_folder.h"

#include <algorithm>
#include <string>
#include <vector>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/log.h"

namespace ecg_lora::train {
namespace {

namespace fs = std::filesystem;

/// Keys that change no byte of what is trained.
bool is_harmless(const std::string& key) {
  static const std::vector<std::string> kKeys{"/output",
                                              "/compute/quantised_cache",
                                              "/save_dtype",
                                              "/batch/workers",
                                              "/loop/checkpoint_every",
                                              "/loop/keep_checkpoints",
                                              "/loop/keep_best",
                                              "/loop/write",
                                              "/loop/validate_pages",
                                              "/loop/validate_max_new_tokens",
                                              "/loop/max_skipped_in_a_row",
                                              "/loop/spike_factor",
                                              "/loop/retry_seconds"};
  return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

/// "/loop/steps" as "loop.steps".
std::string dotted(std::string pointer) {
  std::replace(pointer.begin(), pointer.end(), '/', '.');
  return pointer.substr(1);
}

void warn_of_changes(const Json& before, const Json& now) {
  const auto old = before.flatten(), fresh = now.flatten();
  for (const auto& [key, value] : fresh.items())
    if (const auto was = old.value(key, Json()); was != value && !is_harmless(key))
      log_warn(cat("resuming with ", dotted(key), " ", json_text(value),
                   ", where the run was started with ", was.is_null() ? "none" : json_text(was),
                   ": its result is that of neither config alone"));
}

}  // namespace

void open_run(const fs::path& run, const Json& config, bool resume) {
  if (fs::exists(run) && !resume)
    throw_usage("output ", run.string(),
                " exists already, expected a new folder; choose another, remove it, or add "
                "--resume to go on with it");
  if (resume && !fs::exists(run))
    throw_usage("output ", run.string(),
                " does not exist, so there is nothing to resume; leave --resume away");
  std::error_code error;
  fs::create_directories(run, error);
  if (error) throw_write(run, error.value());
  log_to_file(run / "log.txt");
  if (fs::exists(run / "config.json")) warn_of_changes(read_json(run / "config.json"), config);
  write_json(run / "config.json", config);
}

}  // namespace ecg_lora::train
