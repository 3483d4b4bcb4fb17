#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>

#include "csv_columns.h"
#include "ecg_lora/base/csv.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/join.h"

namespace ecg_lora {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;  // bytes read at once
constexpr std::size_t kLongest = std::size_t{64}
                                 << 20;  // bytes of a row; a quote that is never closed ends here

std::size_t count_lines(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

CsvReader::CsvReader(const std::filesystem::path& path)
    : origin_(path.string()), file_(open_file(path)), at_end_(false) {
  read_columns();
}

CsvReader::CsvReader(std::string_view text, std::string origin)
    : origin_(std::move(origin)), buffer_(text) {
  read_columns();
}

void CsvReader::read_columns() {
  if (!at_end_) refill();
  if (buffer_.starts_with("\xef\xbb\xbf")) begin_ = 3;
  if (!next_row()) throw_data(origin_, ": expected a row of column names, got an empty file");
  for (const Cell& cell : cells_) columns_.emplace_back(cell.text);
  auto names = columns_;
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) throw_data(origin_, ": the column '", *twice, "' is there twice");
}

void CsvReader::refill() {
  buffer_.erase(0, begin_);
  begin_ = 0;
  if (buffer_.size() >= kLongest) {
    throw_data(origin_, ": line ", line_, ": a row of more than ", kLongest >> 20,
               " MiB; a quoted cell is never closed, or the file is no CSV");
  }
  const std::size_t held = buffer_.size(),
                    wanted = std::min(std::max(kChunk, held), kLongest + 1 - held);
  buffer_.resize(held + wanted);
  errno = 0;
  file_.read(buffer_.data() + held, static_cast<std::streamsize>(wanted));
  if (file_.bad()) throw_data(origin_, ": reading failed: ", std::strerror(errno));
  buffer_.resize(held + static_cast<std::size_t>(file_.gcount()));
  at_end_ = file_.eof();
}

/// A row that is wholly in the buffer; `more` if the buffer ends within it and the file goes on.
CsvReader::Scan CsvReader::scan() {
  cells_.clear();
  if (begin_ >= buffer_.size()) return at_end_ ? Scan::end : Scan::more;
  std::size_t at = begin_;
  for (bool last = false; !last;) {
    const bool quoted = at < buffer_.size() && buffer_[at] == '"';
    if (!(quoted ? scan_quoted(at, last) : scan_cell(at, last))) return Scan::more;
  }
  const std::string_view row(buffer_.data() + begin_, at - begin_);
  if (std::memchr(row.data(), '\0', row.size()) != nullptr) {
    throw_data(origin_, ": line ", line_, ": expected text, got a zero byte; the file is damaged");
  }
  row_line_ = line_;
  line_ += count_lines(row);
  begin_ = at;
  return Scan::row;
}

/// Up to the comma or the end of the line, behind which `at` is left; a carriage return before the
/// line feed is dropped. False if the buffer ends before.
bool CsvReader::scan_cell(std::size_t& at, bool& last) {
  const std::size_t start = at, size = buffer_.size();
  while (at < size && buffer_[at] != ',' && buffer_[at] != '\n') ++at;
  if (at == size && !at_end_) return false;
  last = at == size || buffer_[at] == '\n';
  std::size_t end = at;
  if (last && end > start && buffer_[end - 1] == '\r') --end;
  cells_.push_back({{buffer_.data() + start, end - start}});
  at += at < size ? 1 : 0;
  return true;
}

bool CsvReader::scan_quoted(std::size_t& at, bool& last) {
  const std::size_t start = at + 1;
  bool escaped = false;
  for (at = start;; at += 2, escaped = true) {
    at = std::min(buffer_.find('"', at), buffer_.size());
    if (at + 1 >= buffer_.size() && !at_end_) return false;
    if (at == buffer_.size()) {
      throw_data(origin_, ": line ", line_,
                 ": a quoted cell is never closed; the file is truncated or damaged");
    }
    if (at + 1 == buffer_.size() || buffer_[at + 1] != '"') break;
  }
  const Cell cell{{buffer_.data() + start, at - start}, escaped};
  ++at;
  if (!scan_cell(at, last)) return false;
  if (const std::string_view rest = cells_.back().text; !rest.empty()) {
    throw_data(origin_, ": line ",
               line_ + count_lines({buffer_.data() + begin_, start + cell.text.size() - begin_}),
               ": expected a comma or the end of the line after a quoted cell, got '",
               rest.substr(0, 40), "'");
  }
  cells_.back() = cell;
  return true;
}

void CsvReader::unescape(Cell& cell) {
  char* const first = buffer_.data() + (cell.text.data() - buffer_.data());
  char* end = first;
  for (std::size_t i = 0; i < cell.text.size(); ++i) {
    *end++ = first[i];
    if (first[i] == '"') ++i;
  }
  cell = {{first, static_cast<std::size_t>(end - first)}, false};
}

bool CsvReader::next_row() {
  for (;;) {
    const Scan found = scan();
    if (found == Scan::end) return false;
    if (found == Scan::row) break;
    refill();
  }
  for (Cell& cell : cells_) {
    if (cell.escaped) unescape(cell);
  }
  ++row_;
  return true;
}

bool CsvReader::next() {
  for (;;) {
    if (!next_row()) return false;
    if (cells_.size() != 1 || !cells_[0].text.empty() || columns_.size() == 1) break;
    --row_;  // a blank line is no row
  }
  if (cells_.size() != columns_.size()) {
    throw_data(origin_, ": line ", row_line_, ": expected ", columns_.size(), " columns, got ",
               cells_.size(), "; the file is truncated or damaged");
  }
  return true;
}

std::optional<std::size_t> CsvReader::find(std::string_view column) const {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns_.begin());
}

std::size_t CsvReader::column(std::string_view column) const {
  return column_of(columns_, column, origin_);
}

void CsvReader::require(std::initializer_list<const char*> columns) const {
  std::vector<std::string> missing;
  for (const char* name : columns) {
    if (!find(name)) missing.emplace_back(name);
  }
  if (missing.size() == 1) column(missing[0]);
  if (!missing.empty()) {
    throw_data(origin_, ": expected the columns ", joined(missing), ", which are missing; got ",
               joined(columns_));
  }
}

std::string CsvReader::where() const {
  return cat(origin_, " row ", row_);
}

void CsvReader::fail(std::size_t column, const std::string& expected) const {
  throw_data(where(), ", column ", columns_[column], ": expected ", expected, ", got '", at(column),
             "'");
}

std::optional<double> CsvReader::number(std::size_t column) const {
  const std::string_view text = at(column);
  if (text.empty()) return std::nullopt;
  double value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    fail(column, "a number");
  }
  return value;
}

std::optional<std::int64_t> CsvReader::integer(std::size_t column, std::int64_t low,
                                               std::int64_t high) const {
  const std::optional<double> value = number(column);
  if (!value) return std::nullopt;
  if (*value != std::floor(*value) || *value < static_cast<double>(low) ||
      *value > static_cast<double>(high)) {
    fail(column, cat("a whole number from ", low, " to ", high));
  }
  return static_cast<std::int64_t>(*value);
}

std::int64_t CsvReader::required(std::size_t column, std::int64_t low, std::int64_t high) const {
  const std::optional<std::int64_t> value = integer(column, low, high);
  if (!value) fail(column, cat("a whole number from ", low, " to ", high));
  return *value;
}

}  // namespace ecg_lora
