#include "split_llama3.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "unicode_ranges.h"

namespace ecg_lora::text {

const char* const kLlama3Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|)"
    R"(\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

namespace {

enum class Kind : std::uint8_t {
  other,
  letter,
  number,
  blank,
  newline,
  broken
};  ///< newline: \r or \n, which are blanks as well; broken: not UTF-8

/// Kinds by code point, in two steps: blocks of 256 code points, equal blocks kept once.
class Kinds {
 public:
  Kinds() {
    std::vector<Kind> all(0x110000, Kind::other);
    const auto mark = [&](const auto& ranges, Kind kind) {
      for (const auto& [first, last] : ranges)
        for (auto point = first; point <= last; ++point) all[point] = kind;
    };
    mark(kLetters, Kind::letter);
    mark(kNumbers, Kind::number);
    mark(kBlanks, Kind::blank);
    all['\r'] = all['\n'] = Kind::newline;
    for (std::size_t block = 0; block < block_of_.size(); ++block) {
      std::array<Kind, 256> kinds;
      std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(block * 256), 256, kinds.begin());
      const auto found = std::find(blocks_.begin(), blocks_.end(), kinds);
      block_of_[block] = static_cast<std::uint16_t>(found - blocks_.begin());
      if (found == blocks_.end()) blocks_.push_back(kinds);
    }
  }
  Kind operator[](char32_t point) const { return blocks_[block_of_[point >> 8]][point & 255]; }

 private:
  std::array<std::uint16_t, 0x1100> block_of_;
  std::vector<std::array<Kind, 256>> blocks_;
};

/// A code point of the text: its kind, and where the next begins.
struct Point {
  Kind kind;
  std::size_t end;
};

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  /// Undefined at the end of the text.
  Point at(std::size_t i) const {
    const auto lead = byte(i);
    if (lead < 0x80) return {kinds()[lead], i + 1};
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || i + length > text_.size()) return {Kind::broken, i + 1};
    char32_t point = lead & (0x7f >> length);
    for (std::size_t k = 1; k < length; ++k) {
      if ((byte(i + k) & 0xc0) != 0x80) return {Kind::broken, i + 1};
      point = point << 6 | (byte(i + k) & 0x3f);
    }
    const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    if (overlong || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
      return {Kind::broken, i + 1};
    return {kinds()[point], i + length};
  }
  /// End of the run of `kind` that begins at `i`, after at most `most` code points.
  std::size_t run(std::size_t i, Kind kind, std::size_t most = std::string_view::npos) const {
    for (; most > 0 && i < text_.size(); --most) {
      const auto point = at(i);
      if (point.kind != kind) break;
      i = point.end;
    }
    return i;
  }
  bool is(std::size_t i, Kind kind) const { return i < text_.size() && at(i).kind == kind; }

  std::size_t word_end(std::size_t i) const;

 private:
  static const Kinds& kinds() {
    static const Kinds kTable;
    return kTable;
  }
  unsigned byte(std::size_t i) const { return static_cast<unsigned char>(text_[i]); }
  char lower(std::size_t i) const {
    return i < text_.size() ? static_cast<char>(byte(i) | 0x20) : '\0';
  }
  std::size_t contraction_end(std::size_t i) const;
  std::size_t blanks_end(std::size_t i) const;

  std::string_view text_;
};

/// End of 's, 't, 're, 've, 'm, 'll or 'd in any case at `i`, where an apostrophe stands; `i` if
/// there is none. The long s, U+017F, is an s in another case.
std::size_t Scanner::contraction_end(std::size_t i) const {
  const char first = lower(i + 1), second = lower(i + 2);
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return i + 2;
  if ((first == 'r' && second == 'e') || (first == 'v' && second == 'e') ||
      (first == 'l' && second == 'l'))
    return i + 3;
  return text_.substr(i + 1, 2) == "\xc5\xbf" ? i + 3 : i;
}

/// Blanks up to and with the last newline among them; else all but the last if a word follows
/// and more than one stand there.
std::size_t Scanner::blanks_end(std::size_t i) const {
  std::size_t newline = i, last = i, end = i;
  bool word = false;
  while (end < text_.size()) {
    const auto point = at(end);
    if (point.kind != Kind::blank && point.kind != Kind::newline) {
      word = point.kind != Kind::broken;
      break;
    }
    last = end;
    end = point.end;
    if (point.kind == Kind::newline) newline = end;
  }
  if (newline > i) return newline;
  return word && last > i ? last : end;
}

std::size_t Scanner::word_end(std::size_t i) const {
  const auto first = at(i);
  if (text_[i] == '\'')
    if (const auto end = contraction_end(i); end > i) return end;
  if (first.kind == Kind::letter) return run(first.end, Kind::letter);
  if (first.kind == Kind::broken) return first.end;
  if (first.kind == Kind::number) return run(i, Kind::number, 3);
  if (first.kind == Kind::newline) return blanks_end(i);
  if (is(first.end, Kind::letter)) return run(first.end, Kind::letter);
  const auto begin = text_[i] == ' ' ? first.end : i;
  if (is(begin, Kind::other)) return run(run(begin, Kind::other), Kind::newline);
  return blanks_end(i);
}

}  // namespace

void split_llama3(std::string_view text, std::vector<std::string_view>& words) {
  const Scanner scanner(text);
  for (std::size_t at = 0; at < text.size();) {
    const auto end = scanner.word_end(at);
    words.push_back(text.substr(at, end - at));
    at = end;
  }
}

}  // namespace ecg_lora::text
