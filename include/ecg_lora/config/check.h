// Checks of one field, chained onto its declaration: v.field("rank", rank, "…").range(1, 4096).
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/base/json.h"

namespace ecg_lora::config {

namespace detail {

template <class T>
struct Element {
  using type = T;
};
template <class T>
struct Element<std::vector<T>> {
  using type = T;
};

/// Calls `use` with the value, or with every element of a list.
template <class T, class F>
void each(const T& value, F use) {
  use(value);
}
template <class T, class F>
void each(const std::vector<T>& values, F use) {
  for (const auto& value : values) use(value);
}

/// Without a fraction if there is none: "1000000", "0.95".
std::string number_text(double number);

}  // namespace detail

/// What happens to a rule is the visitor's affair: it gets the rule in words and what broke it (""
/// if nothing did).
using RuleSink = std::function<void(const std::string& rule, const std::string& got)>;

/// The rules of one field, of type T; each method adds one and gives the check itself.
template <class T>
class Check {
 public:
  using Scalar = typename detail::Element<T>::type;
  using Choice = std::conditional_t<std::is_same_v<Scalar, std::string>, std::string_view, double>;

  Check(const T& value, RuleSink sink) : value_(value), sink_(std::move(sink)) {}

  /// Inclusive bounds of a number, or of every element of a list of numbers.
  Check& range(double low, double high)
    requires std::is_arithmetic_v<Scalar>
  {
    return rule(cat("from ", detail::number_text(low), " to ", detail::number_text(high)),
                [&](const Scalar& value) {
                  return static_cast<double>(value) >= low && static_cast<double>(value) <= high;
                });
  }

  /// Words, or numbers; every element of a list must be one.
  Check& one_of(std::initializer_list<Choice> choices) {
    std::vector<std::string> words;
    for (const auto& choice : choices) words.push_back(cat(choice));
    return rule(joined_or(words), [&](const Scalar& value) {
      for (const auto& choice : choices) {
        if (static_cast<Choice>(value) == choice) return true;
      }
      return false;
    });
  }

  /// Text or a list with something in it.
  Check& not_empty()
    requires(!std::is_arithmetic_v<T>)
  {
    if (sink_) sink_("not empty", value_.empty() ? "nothing" : "");
    return *this;
  }

 private:
  template <class Holds>
  Check& rule(const std::string& words, Holds holds) {
    if (!sink_) return *this;
    std::string got;
    detail::each(value_, [&](const Scalar& value) {
      if (got.empty() && !holds(value)) got = Json(value).dump();
    });
    sink_(words, got);
    return *this;
  }

  const T& value_;
  RuleSink sink_;
};

}  // namespace ecg_lora::config
