// A measurement, or why there is none: nothing in this module guesses.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace ecg_lora::features {

/// A T, or the reason why it was not measured.
template <class T>
class Measured {
 public:
  Measured(T value) : value_(std::move(value)) {}  // NOLINT: a value is a measurement
  /// No measurement; `reason` completes "not measurable: …".
  static Measured none(std::string reason) {
    Measured result;
    result.reason_ = std::move(reason);
    return result;
  }

  explicit operator bool() const { return value_.has_value(); }
  /// REQUIRES: there is a value.
  const T& operator*() const { return *value_; }
  const T* operator->() const { return &*value_; }
  const std::string& reason() const { return reason_; }  ///< empty if there is a value

 private:
  Measured() = default;
  std::optional<T> value_;
  std::string reason_;
};

}  // namespace ecg_lora::features
