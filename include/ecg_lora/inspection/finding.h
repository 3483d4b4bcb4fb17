// What an inspection finds: one JSON description, from which the text is made as well.
#pragma once

#include <string>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json.h"

namespace ecg_lora::inspection {

/// A description, and what keeps the thing described from being used: the exit code of its kind and
/// one sentence, or done.
struct Finding {
  Json description;
  ExitCode code = ExitCode::done;
  std::string problem;
};

/// `description` for people: aligned lines, a headed block for each object, a table for each list
/// of objects. The object under "resolved" is a config and is printed field by field, as --set
/// takes them.
std::string to_text(const Json& description);

/// "a, b, c and 4 more", so that a long list stays part of a sentence.
std::string first_few(const Json& list);

}  // namespace ecg_lora::inspection
