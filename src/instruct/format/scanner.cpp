#include "scanner.h"

#include <array>
#include <cstring>

#include "ecg_lora/base/error.h"

namespace ecg_lora::instruct {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool blank(unsigned char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// A byte for a message: 'x', or its number if it cannot be printed.
std::string shown(unsigned char c) {
  return c > 32 && c < 127 ? cat("'", static_cast<char>(c), "'")
                           : cat("byte ", static_cast<int>(c));
}

enum Class : std::uint8_t {
  plain = 0,
  quote = 1,
  slash = 2,
  high = 4,
  bracket = 8
};  // bits, to be gathered

constexpr std::array<std::uint8_t, 256> classes() {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t c = 128; c < 256; ++c) table[c] = high;
  table['"'] = quote;
  table['\\'] = slash;
  for (const char c : {'{', '}', '[', ']'}) table[static_cast<unsigned char>(c)] = bracket;
  return table;
}

constexpr auto kClassOf = classes();

}  // namespace

void Scanner::feed(std::string_view bytes) {
  const auto base = at_;
  for (std::size_t i = 0; i < bytes.size() && broken_.empty();) {
    at_ = base + i;
    i = step(bytes, i);
  }
  at_ = base + bytes.size();
}

/// Takes at least one byte; the position of the next.
std::size_t Scanner::step(std::string_view bytes, std::size_t i) {
  if (state_ == State::line) return in_line(bytes, i);
  if (state_ == State::nested || state_ == State::string_item)
    return quoted_ ? in_string(bytes, i) : in_nested(bytes, i);
  const auto c = static_cast<unsigned char>(bytes[i]);
  if (state_ == State::scalar) {
    if (c != ',' && c != ']' && !blank(c)) return i + 1;
    end_item(at_);
  }
  outside(c);
  return i + 1;
}

/// A byte between items.
void Scanner::outside(unsigned char c) {
  if (state_ == State::start && at_ == mark_bytes_ && mark_bytes_ < kByteOrderMark.size() &&
      c == static_cast<unsigned char>(kByteOrderMark[mark_bytes_])) {
    ++mark_bytes_;
    return;
  }
  if (blank(c)) return;
  switch (state_) {
    case State::start:
      if (mark_bytes_ != 0 && mark_bytes_ != kByteOrderMark.size())
        return fail(
            "expected a list of items or a line for each, got an incomplete byte order mark");
      if (c == '[') {
        state_ = State::before_first;
      } else if (c == '{') {
        state_ = State::line;
        span_ = {at_, 0, true, ""};
        blank_line_ = false;
      } else {
        fail(cat("expected '[' of a list of items or '{' of JSON lines, got ", shown(c)));
      }
      return;
    case State::before_first:
      if (c == ']') return void(state_ = State::closed);
      return begin_item(c);
    case State::before_item:
      return begin_item(c);
    case State::after_item:
      if (c == ',') return void(state_ = State::before_item);
      if (c == ']') return void(state_ = State::closed);
      return fail(cat("expected ',' or ']' after an item, got ", shown(c)));
    default:
      return fail(cat("expected nothing after the list, got ", shown(c)));
  }
}

void Scanner::begin_item(unsigned char c) {
  if (c == ',' || c == ']' || c == '}') return fail(cat("expected an item, got ", shown(c)));
  span_ = {at_, 0, true, ""};
  depth_ = 0;
  if (c == '{' || c == '[') {
    state_ = State::nested;
    open(c == '[');
  } else if (c == '"') {
    state_ = State::string_item;
    quoted_ = true;
  } else {
    state_ = State::scalar;
  }
}

std::size_t Scanner::in_string(std::string_view bytes, std::size_t i) {
  if (escaped_) {
    escaped_ = false;
    if (bytes[i] == 'u') span_.ascii = false;
    return i + 1;
  }
  const auto base = at_ - i;
  std::uint8_t kind = plain, seen = 0;
  for (; i < bytes.size(); ++i) {
    kind = kClassOf[static_cast<unsigned char>(bytes[i])];
    if ((kind & (quote | slash)) != 0) break;
    seen |= kind;
  }
  if ((seen & high) != 0) span_.ascii = false;
  if (i == bytes.size()) return i;
  escaped_ = kind == slash;
  quoted_ = kind != quote;
  if (kind == quote && state_ == State::string_item) end_item(base + i + 1);
  return i + 1;
}

std::size_t Scanner::in_nested(std::string_view bytes, std::size_t i) {
  for (const auto base = at_ - i; i < bytes.size(); ++i) {
    const auto kind = kClassOf[static_cast<unsigned char>(bytes[i])];
    if (kind == plain || kind == slash) continue;
    at_ = base + i;
    if (kind == high) {
      span_.ascii = false;
      continue;
    }
    if (kind == quote) {
      quoted_ = true;
      return i + 1;
    }
    const char c = bytes[i];
    if (c == '{' || c == '[') {
      open(c == '[');
      continue;
    }
    close(c == ']');
    if (depth_ == 0 || !broken_.empty()) return i + 1;
  }
  return i;
}

void Scanner::open(bool list) {
  if (depth_ < kDeepest)
    lists_[depth_] = list;
  else
    spoil(cat("nested more than ", kDeepest, " levels deep at byte ", at_));
  ++depth_;
}

void Scanner::close(bool list) {
  --depth_;
  if (depth_ < kDeepest && lists_[depth_] != list)
    return fail(cat("'", list ? ']' : '}', "' closes the ", list ? "object" : "list",
                    " that is open in the item at byte ", span_.begin));
  if (depth_ == 0) end_item(at_ + 1);
}

std::size_t Scanner::in_line(std::string_view bytes, std::size_t i) {
  const auto* start = bytes.data() + i;
  const auto* end = static_cast<const char*>(std::memchr(start, '\n', bytes.size() - i));
  const auto part =
      bytes.substr(i, end ? static_cast<std::size_t>(end - start) : std::string_view::npos);
  for (std::size_t k = 0; k < part.size(); ++k) {
    const auto c = static_cast<unsigned char>(part[k]);
    if (c >= 128 || (c == 'u' && (k == 0 || part[k - 1] == '\\'))) span_.ascii = false;
    if (blank_line_ && !blank(c)) {
      blank_line_ = false;
      span_ = {at_ + k, 0, span_.ascii, ""};
    }
  }
  if (end == nullptr) return bytes.size();
  if (!blank_line_) end_item(at_ + part.size());
  blank_line_ = true;
  span_ = {};
  state_ = State::line;
  return i + part.size() + 1;
}

void Scanner::end_item(std::uint64_t past) {
  span_.length = past - span_.begin;
  if (span_.length > kLongest)
    spoil(cat("has ", span_.length, " bytes, more than the ", kLongest, " of the longest item"));
  sink_(std::move(span_));
  span_ = {};
  state_ = State::after_item;
}

void Scanner::finish() {
  if (!broken_.empty()) return;
  switch (state_) {
    case State::closed:
      return;
    case State::line:
      if (!blank_line_) end_item(at_);
      return;
    case State::start:
      return fail("the file is empty, expected a list of items or a line for each");
    case State::before_first:
    case State::before_item:
    case State::after_item:
      return fail("the file ends within the list of items: it is cut off");
    default:
      return fail(cat("the file ends within the item that begins at byte ", span_.begin,
                      ": it is cut off"));
  }
}

void Scanner::fail(const std::string& what) {
  broken_ = what;
  broken_at_ = at_;
}

}  // namespace ecg_lora::instruct
