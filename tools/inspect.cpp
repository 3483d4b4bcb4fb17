// ecg-lora-inspect: what a path is and holds, and whether an adapter fits a base.
#include "inspect.h"
#include "inspect_tensors.h"
#include "vision_states_option.h"

#include <iostream>

#include "ecg_lora/base/command_line.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/model/checkpoint.h"
#include "ecg_lora/model/meta.h"

namespace {

namespace fs = std::filesystem;
using namespace ecg_lora;

[[noreturn]] void refuse(const fs::path& path) {
  throw_usage(path.string(),
              " is none of a checkpoint folder, an adapter folder, a run folder, a config of train "
              "or eval, a data "
              "folder in PTB-XL's layout, a WFDB record and a file of instruction samples; name "
              "one of these");
}

/// Checkpoints say what they are in config.json; a run folder has a config of train under the same
/// name.
bool is_checkpoint(const fs::path& folder) {
  if (!fs::exists(folder / "config.json"))
    return model::has_weights(folder) || model::has_meta_params(folder);
  if (fs::exists(folder / "metrics.jsonl") || fs::exists(folder / "log.txt")) return false;
  return true;
}

/// What a path is held against.
struct Against {
  std::string base;  ///< checkpoint folder, of adapters
  tools::ChosenStates states;
  tools::InstructInspection instructions;
};

tools::Finding describe_folder(const fs::path& folder, const Against& against) {
  const auto& [base, states, instructions] = against;
  if (fs::exists(folder / "adapter_config.json"))
    return tools::describe_adapter(folder, base, states);
  if (!base.empty())
    throw_usage("--fits holds an adapter against a base, but ", folder.string(),
                " has no adapter_config.json; name an adapter folder");
  if (fs::exists(folder / "ptbxl_database.csv"))
    return tools::describe_data(folder, instructions.recordings);
  if (is_checkpoint(folder)) return tools::describe_checkpoint(folder, states);
  if (fs::exists(folder / "config.json")) return tools::describe_run(folder);
  if (tools::is_instructions(folder)) return tools::describe_instructions(folder, instructions);
  refuse(folder);
}

tools::Finding describe(fs::path path, const Against& against) {
  const auto& [base, states, instructions] = against;
  if (const auto header = tools::record_header(path); !header.empty() && base.empty())
    return tools::describe_recording(header);
  if (!fs::exists(path)) throw_data(path.string(), ": no such file or folder; check the path");
  if (!path.has_filename()) path = path.parent_path();  // "run/adapter/" is run/adapter
  if (fs::is_directory(path)) return describe_folder(path, against);
  const auto name = path.filename().string();
  const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (name == "adapter_config.json" || name == "adapter_model.safetensors" ||
      name == "ptbxl_database.csv" || name == "model.safetensors")
    return describe_folder(folder, against);
  if ((path.extension() != ".json" && path.extension() != ".jsonl") || !base.empty()) refuse(path);
  if (tools::is_instructions(path)) return tools::describe_instructions(path, instructions);
  if (name == "config.json") {
    const auto json = read_json(path);
    if (json.is_object() && json.contains("model_type"))
      return tools::describe_checkpoint(folder, states);
  }
  return tools::describe_config(path);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Tells what a checkpoint, an adapter, a config, a data set or a recording holds, and whether "
      "it is whole",
      "ecg-lora inspect");
  std::string path, vision_states = "auto";
  bool json = false, tensors = false;
  Against against;
  auto& instructions = against.instructions;
  app.add_option("path", path,
                 "checkpoint, adapter, run or data folder, config of train or eval, WFDB record "
                 "(with or without "
                 ".hea), or file of instruction samples")
      ->required();
  tools::add_vision_states(app, vision_states);
  app.add_option("--fits", against.base, "checkpoint folder: does the adapter at PATH fit it?");
  app.add_option("--images", instructions.images,
                 "folders of pictures: are the images of the instruction samples there?");
  app.add_option("--recordings", instructions.recordings,
                 "folders of recordings: do the images' names stand for some? Of a data folder: "
                 "where its table may have waveforms");
  app.add_option("--sampling-rate", instructions.sampling_rate,
                 "of the two that PTB-XL's layout has, Hz")
      ->capture_default_str()
      ->check(CLI::IsMember({100, 500}));
  app.add_option("--model", instructions.model,
                 "model folder: how many tokens do the instruction samples have?");
  app.add_flag("--tensors", tensors,
               "of a checkpoint: each tensor with norm and SHA-256, and of each file (reads all "
               "bytes); of a config alone: the tensors that belong to it");
  app.add_flag("--json", json, "print the description as JSON");
  app.footer(
      "Exit codes: 0 whole (and fits), 2 none of these or a wrong config, 3 incomplete data, 4 "
      "incomplete checkpoint, or adapter that does not fit\n\n"
      "Example: ecg-lora inspect runs/quickstart/train/adapter --fits runs/quickstart/model");
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    against.states = model::chosen_vision_states(vision_states);
    const auto finding = tensors ? tools::describe_tensors(path) : describe(path, against);
    const auto& description = finding.description;
    std::cout << (json ? json_document(description) : tools::to_text(description)) << std::flush;
    if (finding.code != ExitCode::done) log_error(finding.problem);
    return static_cast<int>(finding.code);
  });
}
