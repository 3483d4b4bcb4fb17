// Text that the small tokenizer is trained on.
#pragma once

#include <string>
#include <vector>

namespace ecg_lora::tiny {

/// Questions about ECG statements, report words in English, German and Swedish, digits and letters.
/// Always the same.
std::vector<std::string> question_corpus();

}  // namespace ecg_lora::tiny
