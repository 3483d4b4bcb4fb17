// What a path is.
#include "ecg_lora/inspection/describe.h"
#include "ecg_lora/model/checkpoint/open_checkpoint.h"
#include "ecg_lora/model/shape/meta.h"

namespace ecg_lora::inspection {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path) {
  throw_usage(path.string(),
              " is none of a checkpoint folder, an adapter folder, a run folder, a config of train "
              "or eval, a data folder in PTB-XL's layout, a WFDB record and a file of instruction "
              "samples; name one of these");
}

/// Checkpoints say what they are in config.json; a run folder has a config of train under the same
/// name.
bool is_checkpoint(const fs::path& folder) {
  if (!fs::exists(folder / "config.json"))
    return model::has_weights(folder) || model::has_meta_params(folder);
  if (fs::exists(folder / "metrics.jsonl") || fs::exists(folder / "log.txt")) return false;
  return true;
}

Description describe_folder(const fs::path& folder, const Checks& checks) {
  const auto& [base, states, instructions, config] = checks;
  if (fs::exists(folder / "adapter_config.json")) return describe_adapter(folder, base, states);
  if (!base.empty())
    throw_usage("--fits holds an adapter against a base, but ", folder.string(),
                " has no adapter_config.json; name an adapter folder");
  if (fs::exists(folder / "ptbxl_database.csv"))
    return describe_data(folder, instructions.recordings);
  if (is_checkpoint(folder)) return describe_checkpoint(folder, states);
  if (fs::exists(folder / "config.json")) return describe_run(folder, config);
  if (is_instructions(folder)) return describe_instructions(folder, instructions);
  refuse(folder);
}

}  // namespace

Description describe(fs::path path, const Checks& checks) {
  const auto& [base, states, instructions, config] = checks;
  if (const auto header = record_header(path); !header.empty() && base.empty())
    return describe_recording(header);
  if (!fs::exists(path)) throw_data(path.string(), ": no such file or folder; check the path");
  if (!path.has_filename()) path = path.parent_path();  // "run/adapter/" is run/adapter
  if (fs::is_directory(path)) return describe_folder(path, checks);
  const auto name = path.filename().string();
  const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (name == "adapter_config.json" || name == "adapter_model.safetensors" ||
      name == "ptbxl_database.csv" || name == "model.safetensors")
    return describe_folder(folder, checks);
  if ((path.extension() != ".json" && path.extension() != ".jsonl") || !base.empty()) refuse(path);
  if (is_instructions(path)) return describe_instructions(path, instructions);
  if (name == "config.json") {
    const auto json = read_json(path);
    if (json.is_object() && json.contains("model_type")) return describe_checkpoint(folder, states);
  }
  return config(path);
}

}  // namespace ecg_lora::inspection
