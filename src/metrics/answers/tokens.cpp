#include "tokens.h"

#include <algorithm>
#include <map>

#include "characters.h"
#include "ecg_lora/metrics/answers/answers.h"

namespace ecg_lora::metrics {
namespace {

using Mark = Token::Kind;

bool digit_at(std::string_view text, std::size_t i) {
  return i < text.size() && text[i] >= '0' && text[i] <= '9';
}

/// Words whose stop ends no sentence, besides single letters.
bool abbreviation(const std::string& word) {
  static const std::vector<std::string> kKnown{"approx", "bl",  "bzw",  "ca",   "dr",   "evtl",
                                               "ex",     "ggf", "inkl", "insb", "prof", "resp",
                                               "vs",     "usw", "zb",   "eg",   "ie"};
  return std::find(kKnown.begin(), kKnown.end(), word) != kKnown.end();
}

/// "doesnt" and "cannot" as the words that they stand for.
const std::map<std::string, std::string>& contractions() {
  static const std::map<std::string, std::string> kFirstWords{
      {"aint", "is"},       {"arent", "are"},   {"cannot", "can"},   {"cant", "can"},
      {"couldnt", "could"}, {"didnt", "did"},   {"doesnt", "does"},  {"dont", "do"},
      {"hasnt", "has"},     {"havent", "have"}, {"isnt", "is"},      {"wasnt", "was"},
      {"werent", "were"},   {"wont", "will"},   {"wouldnt", "would"}};
  return kFirstWords;
}

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : text_(text) {}

  std::vector<Token> run() {
    for (std::size_t i = 0; i < text_.size();) {
      const auto [c, size] = code_point(text_, i);
      if (apostrophe(c) && word_size_ > 0 && i + size < text_.size() &&
          letter(code_point(text_, i + size).first)) {
        i = contraction(i, size);
      } else if (letter(c)) {
        if (word_size_ == 0) word_begin_ = i;
        word_size_ += size, i += size;
      } else {
        end_word();
        i = mark(c, i, size);
      }
    }
    end_word();
    return std::move(tokens_);
  }

 private:
  void push_word(std::string word, std::size_t begin) {
    tokens_.push_back({Mark::word, std::move(word), sentence_, begin});
  }
  void push(Mark kind, std::size_t begin) {
    tokens_.push_back({kind, "", sentence_, begin});
    if (kind == Mark::stop || kind == Mark::asks || kind == Mark::newline) ++sentence_;
  }

  void end_word() {
    if (word_size_ == 0) return;
    auto word = lower(text_.substr(word_begin_, word_size_));
    word_size_ = 0;
    if (const auto found = contractions().find(word); found != contractions().end()) {
      push_word(found->second, word_begin_);
      word = "not";
    }
    push_word(std::move(word), word_begin_);
  }

  /// "doesn’t": does not; another apostrophe parts words. Returns the next byte.
  std::size_t contraction(std::size_t i, std::size_t size) {
    const auto next = i + size;
    const bool t = text_[next] == 't' || text_[next] == 'T';
    const bool ends = next + 1 >= text_.size() || !letter(code_point(text_, next + 1).first);
    auto word = lower(text_.substr(word_begin_, word_size_));
    if (!t || !ends || word.back() != 'n') {
      end_word();
      return next;
    }
    if (word == "won")
      word = "will";
    else if (word != "can" && word.size() > 1)
      word.pop_back();
    word_size_ = 0;
    push_word(std::move(word), word_begin_);
    push_word("not", i);
    return next + 1;
  }

  bool blank_at(std::size_t i) const {
    return i >= text_.size() || text_[i] == ' ' || text_[i] == '\t' || text_[i] == '\n' ||
           text_[i] == '\r';
  }

  /// "[x]", "[ ]", "(+)", "(-)": 3 bytes that stand for a check mark or a cross.
  std::size_t box(std::size_t i) {
    const auto three = text_.substr(i, 3);
    const bool checked = three == "[x]" || three == "[X]" || three == "(+)",
               crossed = three == "[ ]" || three == "(-)";
    if (!checked && !crossed) return 0;
    push_word(checked ? "✓" : "✗", i);
    return 3;
  }

  bool ends_sentence(std::size_t i) const {
    if (i > 0 && digit_at(text_, i - 1) && digit_at(text_, i + 1)) return false;
    if (tokens_.empty() || tokens_.back().kind != Mark::word ||
        tokens_.back().sentence != sentence_)
      return true;
    const auto& word = tokens_.back().text;
    const bool more = !blank_at(i + 1) || (i >= 3 && text_[i - 2] == ' ' && text_[i - 3] == '.') ||
                      (i >= 2 && text_[i - 2] == '.') ||
                      (i + 3 < text_.size() && ascii_letter(text_[i + 2]) && text_[i + 3] == '.');
    return !(abbreviation(word) || (word.size() == 1 && ascii_letter(word[0]) && more &&
                                    (blank_at(i + 1) || ascii_letter(text_[i + 1]))));
  }

  /// The brace of "\text{", or the next byte.
  std::size_t behind_command(std::size_t i) const {
    auto end = i + 1;
    while (end < text_.size() && ascii_letter(text_[end])) ++end;
    return end < text_.size() && text_[end] == '{' ? end : i + 1;
  }

  /// The colon of "10:30" or of Swedish "EKG:t".
  bool within_word(std::size_t i) const {
    if (i == 0 || tokens_.empty() || tokens_.back().kind != Mark::word) return false;
    return (digit_at(text_, i - 1) && digit_at(text_, i + 1)) ||
           (tokens_.back().text == "ekg" && !blank_at(i + 1));
  }

  std::size_t mark(char32_t c, std::size_t i, std::size_t size) {
    const bool inner = !tokens_.empty() && tokens_.back().kind == Mark::word;
    if (check_mark(c)) {
      push_word(std::string(text_.substr(i, size)), i);
    } else if (const auto boxed = box(i)) {
      return i + boxed;
    } else if (c == '\\') {
      return behind_command(i);
    } else if (c == '\n') {
      push(Mark::newline, i);
    } else if (c == ';' || c == '!' || (c == '.' && ends_sentence(i))) {
      push(Mark::stop, i);
    } else if (c == '?') {
      push(Mark::asks, i);
    } else if (c == ',' ||
               (dash(c) && inner && (c == 0x2014 || (blank_at(i - 1) && blank_at(i + size))))) {
      push(Mark::comma, i);
    } else if ((c == ':' && !within_word(i)) || c == '=' || c == 0x2192 || c == 0x21d2) {
      push(Mark::colon, i);
    } else if (c == '|' || c == '\t') {
      push(Mark::bar, i);
    } else if (c == '(' || c == ')') {
      push(c == '(' ? Mark::open : Mark::close, i);
    } else if (c == ']' || c == '}') {
      push(Mark::closing, i);
    } else if (c == '%') {
      push_word("%", i);
    } else if (c == '/') {
      push(Mark::slash, i);
    }
    return i + size;
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t word_begin_ = 0, word_size_ = 0;
  int sentence_ = 0;
};

}  // namespace

std::vector<Token> tokens_of(std::string_view text) {
  return Tokenizer(text).run();
}

bool is_any_of(const std::string& word, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(), [&](const char* w) { return word == w; });
}

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  for (auto& token : tokens_of(text))
    if (token.kind == Mark::word) words.push_back({std::move(token.text), token.sentence});
  return words;
}

}  // namespace ecg_lora::metrics
