#include "item_fields.h"

#include <set>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"

namespace ecg_lora::instruct {
namespace {

std::string part_text(const Json& part, const std::string& where) {
  const auto type =
      part.contains("type") && part["type"].is_string() ? part["type"].get<std::string>() : "";
  if (type == "image") return "<image>";
  if (type == "text" && part.contains("text") && part["text"].is_string())
    return part["text"].get<std::string>();
  throw_data(
      where, " has the part ", brief(part),
      ", expected {\"type\": \"text\", \"text\": …} or {\"type\": \"image\"}; correct the item");
}

std::string scalar_text(const Json& value, const std::string& where) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number()) return value.dump();
  throw_data(where, " is ", brief(value), ", expected text; correct the item");
}

}  // namespace

std::string brief(const Json& value) {
  constexpr std::size_t longest = 60;
  const auto text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  return text.size() > longest ? text.substr(0, longest) + "…" : text;
}

const Json* find_any(const Json& object, std::initializer_list<const char*> names,
                     const std::string& where) {
  const Json* found = nullptr;
  const char* found_name = "";
  for (const char* name : names) {
    const auto member = object.find(name);
    if (member == object.end()) continue;
    if (found == nullptr) {
      found = &*member;
      found_name = name;
    } else if (!where.empty()) {
      throw_data(where, " has both ", found_name, " and ", name,
                 ", expected one of them; correct the item");
    }
  }
  return found;
}

std::string read_text(const Json& value, const std::string& where) {
  if (!value.is_array()) return scalar_text(value, where);
  std::string text;
  bool after_value = false;
  for (const auto& element : value) {
    if (element.is_object()) {
      text += part_text(element, where);
      after_value = false;
      continue;
    }
    text += (after_value ? ", " : "") + scalar_text(element, where);
    after_value = true;
  }
  return text;
}

std::string text_field(const Json& object, const char* name, const std::string& origin) {
  const auto member = object.find(name);
  if (member == object.end()) throw_data(origin, " has no ", name, "; correct the item");
  auto text = read_text(*member, cat(origin, ": ", name));
  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    throw_data(origin, ": ", name, " is empty, expected text; correct or remove the item");
  return text;
}

std::string joined_set(const Json& object, const char* name, const std::string& origin) {
  const auto& list = object.at(name);
  if (!list.is_array()) return text_field(object, name, origin);
  std::set<std::string> texts;
  for (const auto& element : list) texts.insert(scalar_text(element, cat(origin, ": ", name)));
  const auto text = joined(texts);
  if (text.empty())
    throw_data(origin, ": ", name,
               " is empty, expected at least one text; correct or remove the item");
  return text;
}

}  // namespace ecg_lora::instruct
