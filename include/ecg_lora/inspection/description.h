// What an inspection says of a path: one JSON description, from which the text is made as well.
#pragma once

#include <string>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json.h"

namespace ecg_lora::inspection {

/// What a path is and holds, and what keeps it from being used.
struct Description {
  Json content;                    ///< an object with at least "kind" and "path"
  ExitCode code = ExitCode::done;  ///< of the problem; done if there is none
  std::string problem;             ///< one sentence; empty if there is none
};

/// The content of a description as text: aligned lines, a headed block per object, a table per list
/// of objects. The object under "resolved" is a config and is printed field by field, as --set
/// takes them. Rows of a list must have the keys of its first one.
std::string to_text(const Json& content);

/// "a, b, c, d, e and 4 more": a list of any length as a part of a sentence.
std::string first_few(const Json& list);

}  // namespace ecg_lora::inspection
