// The options of a question, as it lists them.
#pragma once

#include <string>
#include <vector>

namespace ecg_lora::evaluation {

/// Options of a question. An instruction behind the last one ("Please answer with the letter.") is
/// no part of it.
struct QuestionOptions {
  std::vector<std::string> texts;
  bool lettered = false;  ///< "A. …", "(B) …"; else a list behind "Options:"
};
/// Without any if the question lists none.
QuestionOptions options_of(const std::string& question);

/// The parts of `list` between marks, without blanks around them and without empty ones.
std::vector<std::string> trimmed_parts(const std::string& list, char mark);

}  // namespace ecg_lora::evaluation
