// Regular expressions of adapter_config.json, which strangers write: matched in time that grows
// with expression times name, without recursion over either, so that no expression can hang or
// crash.
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

namespace ecg_lora::lora {

/// The part of Python's syntax that names modules: characters, sets, . \d \w \s, groups, |, * + ?
/// {m,n}, ^, $, \b and \B.
class Expression {
 public:
  /// Checkpoint error if it is longer than 10,000 characters, nested more than 100 deep, repeats to
  /// more than 20,000 steps, or uses anything else (\A, \Z, look-around, back-references), which is
  /// named.
  explicit Expression(const std::string& text);
  /// Whether it matches all of `name`.
  bool matches(std::string_view name) const;

 private:
  friend class ExpressionParser;
  /// set: takes a character. fork: goes on at `next` and `other`. begin, end: stand at an end of
  /// the name. edge, inside: at, or not at, a place between a character of a word and one of none.
  enum class Kind { set, fork, begin, end, edge, inside, done };
  struct Step {
    Kind kind = Kind::done;
    std::size_t next = 0, other = 0;
    std::bitset<256> set;
  };
  /// A place in a name, between two characters.
  struct Place {
    bool begin, end, edge;
  };
  static Place place(std::string_view name, std::size_t at);
  static bool holds(Kind kind, const Place& place);
  void follow(std::size_t from, const Place& place, std::vector<bool>& seen,
              std::vector<std::size_t>& steps) const;

  std::vector<Step> steps_;
  std::size_t start_ = 0;
};

}  // namespace ecg_lora::lora
