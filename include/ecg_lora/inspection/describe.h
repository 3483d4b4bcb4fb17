// What a path is and holds: checkpoints, adapters, runs, configs, data sets, recordings,
// instruction samples.
//
// Each function describes one kind. What is incomplete is in Description::problem. What is damaged
// beyond description throws the error of the module that reads it: a data error for tables,
// recordings and instruction files, a checkpoint error for weights, adapters and their configs.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/inspection/description.h"
#include "ecg_lora/model/shape/vision_states.h"

namespace ecg_lora::inspection {

/// Vision states in place of those that the checkpoint's config states; none: those of the config.
using ChosenStates = std::optional<model::VisionStates>;
/// Describes a config: its types are the commands', which the library does not know.
using DescribeConfig = std::function<Description(const std::filesystem::path& file)>;

/// What instruction samples are checked against; what is empty is not checked.
struct InstructionChecks {
  std::vector<std::string> images,
      recordings;           ///< roots, as data.image_roots and data.recording_roots
  int sampling_rate = 100;  ///< Hz
  std::string model;        ///< folder whose tokenizer measures lengths
};

/// What a path is checked against.
struct Checks {
  std::string base;  ///< checkpoint folder that an adapter must fit; empty for none
  ChosenStates states;
  /// Its recordings are also folders where the table of a data folder may have waveforms.
  InstructionChecks instructions;
  DescribeConfig config;  ///< must be set
};

/// Whatever `path` is. Usage error if it is none of the kinds above, or if checks.base is given and
/// it is no adapter; data error if it does not exist.
Description describe(std::filesystem::path path, const Checks& checks);

/// Shape, parameters, tokenizer and image processor of a checkpoint, and the tensors that it lacks.
Description describe_checkpoint(const std::filesystem::path& folder, const ChosenStates& states);
/// Each tensor's dtype, shape, norm and SHA-256, and the SHA-256 of each file; all bytes are read.
/// Of a folder without weights, the names and shapes that config.json or params.json asks for.
Description describe_tensors(const std::filesystem::path& folder);
/// `base` is a checkpoint folder that the adapter must fit; empty for none.
Description describe_adapter(const std::filesystem::path& folder, const std::filesystem::path& base,
                             const ChosenStates& states);
/// A run folder as ecg-lora train writes it, with its config.json as `config` describes it.
Description describe_run(const std::filesystem::path& folder, const DescribeConfig& config);
/// A data folder in PTB-XL's layout; a problem unless all waveforms of 100 Hz or of 500 Hz are
/// there. `recordings`: folders besides `root` that may hold them.
Description describe_data(const std::filesystem::path& root,
                          const std::vector<std::string>& recordings);

/// The WFDB header that `path` names, with or without its extension; empty if it names none.
std::filesystem::path record_header(const std::filesystem::path& path);
/// A WFDB record by its header.
Description describe_recording(const std::filesystem::path& header);

/// Whether a file's content begins as a list, or its name says JSON lines; of a folder, whether it
/// holds such a file.
bool is_instructions(const std::filesystem::path& path);
/// A file or folder of instruction samples; a problem if items cannot be read, or if `checks` find
/// that images are missing or that a sample does not fit the model's chat template.
Description describe_instructions(const std::filesystem::path& path,
                                  const InstructionChecks& checks);

}  // namespace ecg_lora::inspection
