#include "ecg_lora/base/json_differences.h"

namespace ecg_lora {

std::string differences(const Json& a, const Json& b, const std::string& prefix) {
  if (!a.is_object() || !b.is_object()) return prefix.empty() ? "all" : prefix;
  std::string result;
  for (const auto& [key, value] : a.items()) {
    if (b.contains(key) && b.at(key) == value) continue;
    const auto name = prefix + key;
    const bool deeper = value.is_object() && b.contains(key) && b.at(key).is_object();
    result += result.empty() ? "" : ", ";
    result += deeper ? differences(value, b.at(key), name + ".") : name;
  }
  for (const auto& [key, value] : b.items())
    if (!a.contains(key)) result += (result.empty() ? "" : ", ") + prefix + key;
  return result;
}

}  // namespace ecg_lora
