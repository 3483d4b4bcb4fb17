// Where the items of a JSON list, or the lines of a JSON lines file, begin and end. Reads a stream;
// keeps no text.
#pragma once

#include <bitset>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace ecg_lora::instruct {

/// One item as it lies in the file.
struct Span {
  std::uint64_t begin = 0, length = 0;  ///< bytes
  bool ascii = true;                    ///< neither a byte above 127 nor a \u escape
  std::string problem;  ///< why it cannot be read, if that is seen already; else empty
};

/// Feed it the bytes of a file in order. Strings, escapes and nesting are minded; what is inside an
/// item is for the JSON parser to judge.
class Scanner {
 public:
  static constexpr std::size_t kDeepest = 200;                 ///< levels of nesting in an item
  static constexpr std::uint64_t kLongest = 16 * 1024 * 1024;  ///< bytes of an item

  explicit Scanner(std::function<void(Span&&)> sink) : sink_(std::move(sink)) {}

  void feed(std::string_view bytes);
  /// Call at the end of the file.
  void finish();

  /// What broke the list itself ("" if nothing did), and where: items after it cannot be
  /// found.
  const std::string& broken() const { return broken_; }
  std::uint64_t broken_at() const { return broken_at_; }

 private:
  enum class State {
    start,
    line,
    before_first,
    before_item,
    scalar,
    string_item,
    nested,
    after_item,
    closed
  };

  std::size_t step(std::string_view bytes, std::size_t i);
  std::size_t in_string(std::string_view bytes, std::size_t i);
  std::size_t in_line(std::string_view bytes, std::size_t i);
  std::size_t in_nested(std::string_view bytes, std::size_t i);
  void outside(unsigned char c);
  void begin_item(unsigned char c);
  void open(bool list);
  void close(bool list);
  void end_item(std::uint64_t past);
  void spoil(const std::string& problem) {
    if (span_.problem.empty()) span_.problem = problem;
  }
  void fail(const std::string& what);

  std::function<void(Span&&)> sink_;
  State state_ = State::start;
  Span span_;
  std::uint64_t at_ = 0;  ///< of the byte in hand
  std::size_t depth_ = 0;
  std::bitset<kDeepest> lists_;  ///< of the open levels: a list, else an object
  bool quoted_ = false, escaped_ = false, blank_line_ = true;
  std::size_t mark_bytes_ = 0;  ///< of a byte order mark, at the start of the file
  std::string broken_;
  std::uint64_t broken_at_ = 0;
};

}  // namespace ecg_lora::instruct
