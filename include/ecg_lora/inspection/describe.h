// What a path is and holds: checkpoints, adapters, runs, configs, data sets, recordings,
// instruction samples. Each function throws if the thing is damaged beyond description.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/inspection/finding.h"
#include "ecg_lora/model/shape/vision_states.h"

namespace ecg_lora::inspection {

/// In place of what the checkpoint says of its vision states.
using ChosenStates = std::optional<model::VisionStates>;
/// Describes a config: its types are the commands', which the library does not know.
using DescribeConfig = std::function<Finding(const std::filesystem::path& file)>;

/// What an inspection of instruction samples is to hold them against; each may be left empty.
struct InstructionChecks {
  std::vector<std::string> images,
      recordings;           ///< roots, as data.image_roots and data.recording_roots
  int sampling_rate = 100;  ///< Hz
  std::string model;        ///< whose tokenizer measures lengths
};

/// What a path is held against.
struct Checks {
  std::string base;  ///< checkpoint folder, of adapters; empty for none
  ChosenStates states;
  /// Its recordings are also folders where the table of a data folder may have waveforms.
  InstructionChecks instructions;
  DescribeConfig config;
};

/// Whatever `path` is. Usage error if it is none of what is listed above, or if checks.base is
/// given and it is no adapter; data error if it does not exist.
Finding describe(std::filesystem::path path, const Checks& checks);

Finding describe_checkpoint(const std::filesystem::path& folder, const ChosenStates& states);
/// Of a folder with weights, each tensor's dtype, shape, norm and SHA-256, and the SHA-256 of each
/// file: all bytes are read. Of one with config.json or params.json alone, the names and shapes
/// that the weights must have.
Finding describe_tensors(const std::filesystem::path& folder);
/// `base` is the checkpoint folder that the adapter is held against; empty for none.
Finding describe_adapter(const std::filesystem::path& folder, const std::filesystem::path& base,
                         const ChosenStates& states);
/// A run folder as ecg-lora train writes it, with its config.json as `config` describes it.
Finding describe_run(const std::filesystem::path& folder, const DescribeConfig& config);
/// `recordings`: folders besides `root` where its table may have waveforms.
Finding describe_data(const std::filesystem::path& root,
                      const std::vector<std::string>& recordings);

/// The header that `path` names, with or without its extension; empty if it names none.
std::filesystem::path record_header(const std::filesystem::path& path);
/// A WFDB record by its header.
Finding describe_recording(const std::filesystem::path& header);

/// Whether a file's content begins as a list, or its name says JSON lines; of a folder, whether it
/// holds such a file.
bool is_instructions(const std::filesystem::path& path);
Finding describe_instructions(const std::filesystem::path& path, const InstructionChecks& checks);

}  // namespace ecg_lora::inspection
