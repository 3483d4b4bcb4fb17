// How questions are worded. The first wording of a kind is the canonical one.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/instruct/prepare.h"

namespace ecg_lora::instruct {

/// Wordings of a kind; "{}" stands for what is asked for: a statement's description, options, or a language with its preposition. The first of yes_no
/// gives question_text(), the wording of training and evaluation.
const std::vector<std::string>& wordings(Kind kind);

/// `wording` with `text` in place of "{}".
std::string fill_in(const std::string& wording, const std::string& text);

}  // namespace ecg_lora::instruct
