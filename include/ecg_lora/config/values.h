// JSON to and from the field types of a config.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/base/json.h"

namespace ecg_lora::config {

/// Fills `value` and returns "", or leaves it and returns what was expected and got ("expected an
/// integer, got 3.5"). An integer may be written as 1e6; a fraction or an overflow is refused.
std::string assign(const Json& json, bool& value);
std::string assign(const Json& json, int& value);
std::string assign(const Json& json, std::int64_t& value);
std::string assign(const Json& json, std::uint64_t& value);
std::string assign(const Json& json, double& value);
std::string assign(const Json& json, std::string& value);

/// The same of a list, element by element.
template <class T>
std::string assign(const Json& json, std::vector<T>& value) {
  if (!json.is_array()) return "expected a list, got " + json.dump();
  std::vector<T> elements;
  for (const auto& element : json) {
    T one{};
    if (auto problem = assign(element, one); !problem.empty()) return "in the list, " + problem;
    elements.push_back(std::move(one));
  }
  value = std::move(elements);
  return "";
}

/// The type of a field, as help texts call it.
inline const char* type_name(const bool&) {
  return "true or false";
}
inline const char* type_name(const int&) {
  return "integer";
}
inline const char* type_name(const std::int64_t&) {
  return "integer";
}
inline const char* type_name(const std::uint64_t&) {
  return "integer";
}
inline const char* type_name(const double&) {
  return "number";
}
inline const char* type_name(const std::string&) {
  return "text";
}
inline const char* type_name(const std::vector<std::string>&) {
  return "list of texts";
}
inline const char* type_name(const std::vector<int>&) {
  return "list of integers";
}
inline const char* type_name(const std::vector<double>&) {
  return "list of numbers";
}

}  // namespace ecg_lora::config
