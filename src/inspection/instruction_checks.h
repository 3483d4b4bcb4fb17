// Instruction samples held against folders of images and against a tokenizer.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/inspection/describe.h"
#include "ecg_lora/instruct/format/instruction_file.h"

namespace ecg_lora::inspection {

using InstructionFiles = std::vector<instruct::InstructionFile>;

/// Looks for the images of each set. The first that is missing is `problem`, if that is empty.
Json find_images(const InstructionFiles& files, const InstructionChecks& checks,
                 std::string& problem);

/// Lengths of the samples in tokens of `model`. Samples that its prompt layout does not take are
/// counted and left out; the first is `problem`, if that is empty.
Json token_lengths(const InstructionFiles& files, const std::filesystem::path& model,
                   std::string& problem);

}  // namespace ecg_lora::inspection
