// What a wording holds, and the one that comes with the program.
#pragma once

#include "ecg_lora/ecg/ptbxl/wording.h"

namespace ecg_lora::ptbxl {

/// The bytes of configs/wording/clinical-1.json.
const char* builtin_wording_text();

struct WordingData {
  std::string name;
  std::vector<std::string> questions;
  std::map<std::string, WordingEntry> superclasses, subclasses, statements;
  std::string sha256;  ///< of digest_text()
};

/// What questions depend on: all words and questions, without the name.
std::string digest_text(const WordingData& data);

}  // namespace ecg_lora::ptbxl
