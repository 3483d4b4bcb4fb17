#include "ecg_lora/base/json.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <vector>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json_number.h"
#include "ecg_lora/base/json_text.h"

namespace ecg_lora {

namespace {

constexpr std::size_t kMaxDepth = 200;
constexpr std::uint64_t kLargestJson =
    128 << 20;  // bytes; parsed, a file takes some ten times its size

/// Reads the text and publishes how far the lexer has come, which nlohmann's event interface does
/// not tell.
struct TrackingIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at = nullptr;
  const char** reached = nullptr;

  reference operator*() const { return *at; }
  TrackingIterator& operator++() {
    *reached = ++at;
    return *this;
  }
  TrackingIterator operator++(int) {
    const auto before = *this;
    ++*this;
    return before;
  }
  bool operator==(const TrackingIterator& other) const { return at == other.at; }
  bool operator!=(const TrackingIterator& other) const { return at != other.at; }
};

/// The message of an nlohmann exception without its id and position, which are said in our own
/// form.
std::string bare_message(std::string text) {
  if (text.starts_with("[")) text.erase(0, text.find("] ") + 2);
  if (text.starts_with("parse error at ")) text.erase(0, text.find(": ") + 2);
  return text;
}

/// Builds the value from parse events. nlohmann's own builder keeps the last of duplicate keys
/// silently and searches ordered objects linearly on insertion, which takes minutes for a
/// vocabulary.
class Builder {
 public:
  Builder(std::string_view text, const std::string& origin)
      : text_(text), origin_(origin), reached_(text.data()) {}

  Json build() {
    const TrackingIterator begin{text_.data(), &reached_},
        end{text_.data() + text_.size(), &reached_};
    Json::sax_parse(begin, end, this, nlohmann::detail::input_format_t::json, true, true);
    return std::move(root_);
  }

  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(Json::number_integer_t value) { return add(value); }
  bool number_unsigned(Json::number_unsigned_t value) { return add(value); }
  bool number_float(Json::number_float_t value, const std::string&) { return add(value); }
  bool string(std::string& value) { return add(std::move(value)); }
  bool binary(Json::binary_t& value) { return add(std::move(value)); }
  bool start_object(std::size_t) { return open(Json::object()); }
  bool start_array(std::size_t) { return open(Json::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string& name) {
    if (!keys_.back().insert(name).second)
      fail(key_start(), cat("the key '", name, "' is there twice"));
    key_ = std::move(name);
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) {
    fail(reached_, bare_message(error.what()));
  }

 private:
  /// Elements may be held by pointer while they are open: only the innermost container grows.
  Json* place(Json&& value) {
    if (open_.empty()) return &(root_ = std::move(value));
    if (open_.back()->is_array())
      return &open_.back()->get_ref<Json::array_t&>().emplace_back(std::move(value));
    Json::object_t::Container& members = open_.back()->get_ref<Json::object_t&>();
    return &members.emplace_back(std::move(key_), std::move(value)).second;
  }

  bool add(Json&& value) {
    place(std::move(value));
    return true;
  }

  bool open(Json&& container) {
    if (open_.size() == kMaxDepth)
      fail(reached_, cat("nested more than ", kMaxDepth, " levels deep"));
    open_.push_back(place(std::move(container)));
    keys_.emplace_back();
    return true;
  }

  bool close() {
    open_.pop_back();
    keys_.pop_back();
    return true;
  }

  /// One past the opening quote of the key that was just read; quotes within it follow an odd
  /// number of backslashes.
  const char* key_start() const {
    const char* quote = reached_ - 2;
    const auto escaped = [&] {
      const char* slash = quote;
      while (slash > text_.data() && slash[-1] == '\\') --slash;
      return (quote - slash) % 2 == 1;
    };
    while (quote > text_.data() && (*quote != '"' || escaped())) --quote;
    return quote + 1;
  }

  /// `past` is one past the character meant.
  [[noreturn]] void fail(const char* past, const std::string& message) const {
    const std::string_view before = text_.substr(
        0, static_cast<std::size_t>(std::max(past - text_.data() - 1, std::ptrdiff_t{0})));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const auto column = before.size() - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0
    throw_data(origin_, ": line ", line, ", column ", column, ": ", message);
  }

  std::string_view text_;
  const std::string& origin_;
  const char* reached_;
  Json root_;
  std::string key_;
  std::vector<Json*> open_;
  std::vector<std::unordered_set<std::string>> keys_;
};

}  // namespace

Json parse_json(std::string_view text, const std::string& origin) {
  return Builder(text, origin).build();
}

Json read_json(const std::filesystem::path& path, ExitCode kind) {
  try {
    return parse_json(read_file(path, kLargestJson), path.string());
  } catch (const Error& error) {
    throw Error(kind, error.what());
  }
}

std::string json_text(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string json_document(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

bool is_utf8(std::string_view text) {
  try {
    Json(text).dump();  // the strict writer throws if it is not
    return true;
  } catch (const Json::exception&) {
    return false;
  }
}

std::int64_t whole_number(const Json& value, std::int64_t least, std::int64_t most) {
  const bool small = !value.is_number_unsigned() ||
                     value.get<std::uint64_t>() <= std::numeric_limits<std::int64_t>::max();
  if (value.is_number_integer() && small)
    if (const auto number = value.get<std::int64_t>(); number >= least && number <= most)
      return number;
  throw Json::type_error::create(302, "no whole number that fits", &value);
}

std::vector<std::int64_t> whole_numbers(const Json& values) {
  if (!values.is_array()) throw Json::type_error::create(302, "no list", &values);
  std::vector<std::int64_t> result;
  for (const auto& value : values) result.push_back(whole_number(value));
  return result;
}

void write_json(const std::filesystem::path& path, const Json& value) {
  write_file(path, json_document(value));
}

}  // namespace ecg_lora
