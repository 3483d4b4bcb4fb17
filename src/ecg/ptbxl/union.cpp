#include "ecg_lora/ecg/ptbxl/union.h"

#include <algorithm>

#include "ecg_lora/ecg/ptbxl/wording.h"

namespace ecg_lora::ptbxl {

bool is_union(const std::string& label) {
  return label.find('|') != std::string::npos;
}

std::vector<std::string> parts_of(const std::string& label) {
  std::vector<std::string> parts(1);
  for (const char c : label)
    if (c == '|')
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

std::string canonical(const std::string& label) {
  auto parts = parts_of(label);
  std::sort(parts.begin(), parts.end());
  parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
  std::string result;
  for (const auto& part : parts) result += (result.empty() ? "" : "|") + part;
  return result;
}

bool may_mean(const std::string& general, const Statement& statement) {
  if (general == statement.code) return true;
  if (is_union(general)) {
    const auto parts = parts_of(general);
    return std::find(parts.begin(), parts.end(), statement.code) != parts.end();
  }
  const auto& known = Wording::builtin();
  if (known.is_statement(general) || !(known.superclass(general) || known.subclass(general)))
    return false;
  return general == statement.diagnostic_class || general == statement.diagnostic_subclass;
}

}  // namespace ecg_lora::ptbxl
