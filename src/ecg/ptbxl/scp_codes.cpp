#include "scp_codes.h"

#include <algorithm>
#include <charconv>

#include "ecg_lora/base/error.h"

namespace ecg_lora::ptbxl {
namespace {

/// A cursor over the literal.
class Literal {
 public:
  Literal(std::string_view text, const std::function<std::string()>& where)
      : text_(text), where_(where) {}

  /// Skips blanks, then takes `c` if it is next.
  bool take(char c) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) fail(std::string("'") + c + "'");
  }
  std::string quoted() {
    const char quote = take('\'') ? '\'' : take('"') ? '"' : '\0';
    const std::size_t end = quote == '\0' ? std::string_view::npos : text_.find(quote, at_);
    if (end == std::string_view::npos) fail("a code in quotes");
    const std::string_view code = text_.substr(at_, end - at_);
    at_ = end + 1;
    return std::string(code);
  }
  double number() {
    skip_blanks();
    double value = 0;
    const auto [end, status] =
        std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (status != std::errc() || !(value >= 0 && value <= 100)) fail("a likelihood in percent");
    at_ = static_cast<std::size_t>(end - text_.data());
    return value;
  }
  bool at_end() {
    skip_blanks();
    return at_ == text_.size();
  }
  [[noreturn]] void fail(const std::string& expected) const {
    throw_data(where_(), ", column scp_codes: expected ", expected, " at character ", at_ + 1,
               " of a dict such as {'NORM': 100.0}, got '", text_, "'");
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }

  std::string_view text_;
  const std::function<std::string()>& where_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<StatedCode> parse_scp_codes(std::string_view text,
                                        const std::function<std::string()>& where) {
  Literal literal(text, where);
  std::vector<StatedCode> codes;
  literal.expect('{');
  while (!literal.take('}')) {
    std::string code = literal.quoted();
    const auto same = [&](const auto& earlier) { return earlier.code == code; };
    if (std::any_of(codes.begin(), codes.end(), same)) literal.fail("codes that differ");
    literal.expect(':');
    codes.push_back({std::move(code), literal.number()});
    if (!literal.take(',')) {
      literal.expect('}');
      break;
    }
  }
  if (!literal.at_end()) literal.fail("the end");
  return codes;
}

}  // namespace ecg_lora::ptbxl
