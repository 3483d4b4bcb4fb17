// What may be answered, as a question lists it.
#pragma once

#include <string>
#include <vector>

namespace ecg_lora::evaluation {

/// Options of a question: "A. …", "(B) …" in their order (lettered), or the list behind "Options:".
/// An instruction behind the last one ("Please answer with the letter.") is no part of it.
struct QuestionOptions {
  std::vector<std::string> texts;
  bool lettered = false;
};
QuestionOptions options_of(const std::string& question);

/// Parts between marks, without blanks around them and without empty ones.
std::vector<std::string> trimmed_parts(const std::string& list, char mark);

}  // namespace ecg_lora::evaluation
