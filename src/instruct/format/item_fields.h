// Reading the members of an item, whatever its dialect calls them.
#pragma once

#include <initializer_list>
#include <string>

#include "ecg_lora/base/json.h"

namespace ecg_lora::instruct {

/// A value for a message: "[1,2]", cut if it is long.
std::string brief(const Json& value);

/// The member that has one of `names`; nullptr if there is none. Two of them are a data error at
/// `where`, unless that is empty: then the first name wins.
const Json* find_any(const Json& object, std::initializer_list<const char*> names,
                     const std::string& where);

/// A text: a string, a number, a list of them joined by ", ", or parts {"type": "text" | "image"}
/// run together, an image as "<image>".
std::string read_text(const Json& value, const std::string& where);

/// The text of a member that must be there and hold something.
std::string text_field(const Json& object, const char* name, const std::string& origin);

/// The texts of a list, each once, in alphabetical order of their bytes, joined by ", ": one answer
/// for one set, whatever order the file has it in.
std::string joined_set(const Json& object, const char* name, const std::string& origin);

}  // namespace ecg_lora::instruct
