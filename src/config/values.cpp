#include "ecg_lora/config/values.h"

#include <cmath>
#include <limits>
#include <utility>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json_text.h"

namespace ecg_lora::config {

namespace {

constexpr double kExactDouble = 9007199254740992;  // 2^53: every integer up to here is a double

std::string mismatch(const char* expected, const Json& got) {
  constexpr std::size_t longest = 80;
  auto text = json_text(got);
  if (text.size() > longest) text = text.substr(0, longest) + "…";
  return cat("expected ", expected, ", got ", text);
}

template <class T>
std::string assign_integer(const Json& json, T& value) {
  const auto store = [&](auto number) -> std::string {
    if (!std::in_range<T>(number)) {
      return cat("expected an integer from ", std::numeric_limits<T>::min(), " to ",
                 std::numeric_limits<T>::max(), ", got ", json.dump());
    }
    value = static_cast<T>(number);
    return "";
  };
  if (json.is_number_unsigned()) return store(json.get<std::uint64_t>());
  if (json.is_number_integer()) return store(json.get<std::int64_t>());
  if (json.is_number_float()) {
    const double number = json.get<double>();
    if (std::nearbyint(number) == number && std::abs(number) <= kExactDouble) {
      return store(static_cast<std::int64_t>(number));
    }
  }
  return mismatch("an integer", json);
}

}  // namespace

std::string assign(const Json& json, bool& value) {
  if (!json.is_boolean()) return mismatch("true or false", json);
  value = json.get<bool>();
  return "";
}

std::string assign(const Json& json, int& value) {
  return assign_integer(json, value);
}
std::string assign(const Json& json, std::int64_t& value) {
  return assign_integer(json, value);
}
std::string assign(const Json& json, std::uint64_t& value) {
  return assign_integer(json, value);
}

std::string assign(const Json& json, double& value) {
  if (!json.is_number()) return mismatch("a number", json);
  value = json.get<double>();
  return "";
}

std::string assign(const Json& json, std::string& value) {
  if (!json.is_string()) return mismatch("text in quotes", json);
  value = json.get<std::string>();
  return "";
}

}  // namespace ecg_lora::config
