// What ecg-lora inspect finds: one JSON description, from which the text is made as well.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/model/vision_states.h"

namespace ecg_lora::tools {

/// A description, and what keeps the thing described from being used: the exit code of its kind and
/// one sentence, or done.
struct Finding {
  Json description;
  ExitCode code = ExitCode::done;
  std::string problem;
};

/// Each throws where the thing is damaged beyond description.
/// `states` overrides what the checkpoint says of its vision states.
using ChosenStates = std::optional<model::VisionStates>;
Finding describe_checkpoint(const std::filesystem::path& folder, const ChosenStates& states);
/// `base` is the checkpoint folder that the adapter is held against; empty for none.
Finding describe_adapter(const std::filesystem::path& folder, const std::filesystem::path& base,
                         const ChosenStates& states);
Finding describe_config(const std::filesystem::path& file);
/// A run folder as ecg-lora train writes it.
Finding describe_run(const std::filesystem::path& folder);
/// `recordings`: folders besides `root` where its table may have waveforms.
Finding describe_data(const std::filesystem::path& root,
                      const std::vector<std::string>& recordings);

/// The header that `path` names, with or without its extension; empty if it names none.
std::filesystem::path record_header(const std::filesystem::path& path);
/// A WFDB record by its header.
Finding describe_recording(const std::filesystem::path& header);

/// What an inspection of instruction samples is to hold them against; each may be left empty.
struct InstructInspection {
  std::vector<std::string> images,
      recordings;           ///< roots, as data.image_roots and data.recording_roots
  int sampling_rate = 100;  ///< Hz
  std::string model;        ///< whose tokenizer measures lengths
};
/// Whether a file's content begins as a list, or its name says JSON lines; of a folder, whether it
/// holds such a file.
bool is_instructions(const std::filesystem::path& path);
Finding describe_instructions(const std::filesystem::path& path, const InstructInspection& options);

/// `description` for people: aligned lines, a headed block for each object, a table for each list
/// of objects. The object under "resolved" is a config and is printed field by field, as --set
/// takes them.
std::string to_text(const Json& description);

/// "a, b, c and 4 more", so that a long list stays part of a sentence.
std::string first_few(const Json& list);

}  // namespace ecg_lora::tools
