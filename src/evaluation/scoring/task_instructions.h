// Instructions behind the options of a question.
#pragma once

#include <string>

namespace ecg_lora::evaluation {

/// `text` up to the first instruction on how to answer: "Normal ECG. Please answer with the
/// letter." is "Normal ECG". A word that asks for an answer ("Choose", "Antworte", "Svara") counts
/// at the beginning of a sentence, of a line or of a part in brackets; a longer phrase ("Answer
/// with the letter") in any place, if it has a capital letter.
std::string without_instruction(const std::string& text);

}  // namespace ecg_lora::evaluation
