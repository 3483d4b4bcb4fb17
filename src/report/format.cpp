#include "format.h"

#include <iomanip>
#include <sstream>

namespace ecg_lora::report {

std::string fixed(std::optional<double> value, int digits) {
  if (!value) return "undefined";
  std::ostringstream out;
  out << std::fixed << std::setprecision(digits) << *value;
  return out.str();
}

std::string estimate_text(const score::Estimate& e) {
  if (!e.value || !e.low || !e.high) return fixed(e.value);
  return fixed(e.value) + " (" + fixed(e.low) + "-" + fixed(e.high) + ")";
}

std::string signed_text(std::optional<double> value, int digits) { return (value && *value >= 0 ? "+" : "") + fixed(value, digits); }

std::string p_text(std::optional<double> p) { return p && *p < 0.001 ? "<0.001" : fixed(p); }

Json number_json(std::optional<double> value) { return value ? Json(*value) : Json(nullptr); }

Json estimate_json(const score::Estimate& e) {
  Json json{{"value", number_json(e.value)}, {"low", number_json(e.low)}, {"high", number_json(e.high)}};
  if (e.bca_low) json["bca_low"] = *e.bca_low, json["bca_high"] = number_json(e.bca_high);
  return json;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

void Lines::row(const std::string& name, const std::string& count, const std::vector<std::string>& values) {
  std::ostringstream out;
  out << std::left << std::setw(static_cast<int>(name_)) << name << std::right << std::setw(static_cast<int>(count_)) << count;
  for (const auto& value : values) out << std::setw(static_cast<int>(value_)) << value;
  text_ += out.str() + "\n";
}

}  // namespace ecg_lora::report
