// How questions are worded. The first wording of a kind is the canonical one.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/ecg/ptbxl/wording.h"
#include "ecg_lora/instruct/generate/question_kind.h"

namespace ecg_lora::instruct {

/// Questions of a kind; "{}" stands for what is asked for: a statement's words, options,
/// categories, or a language with its preposition. Those of yes_no are `wording`'s.
const std::vector<std::string>& question_wordings(QuestionKind kind, const ptbxl::Wording& wording);

}  // namespace ecg_lora::instruct
