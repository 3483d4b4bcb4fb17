#include "ecg_lora/base/csv.h"

#include <algorithm>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/suggest.h"

namespace ecg_lora {

namespace {

/// Walks the text row by row; `line` is where the present row starts, counted from 1.
class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& origin) : text_(text), origin_(origin) {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
  }

  std::size_t line() const { return row_line_; }

  /// False at the end of the text.
  bool next(std::vector<std::string>& row) {
    row.clear();
    if (position_ >= text_.size()) return false;
    row_line_ = line_;
    for (;;) {
      row.push_back(at('"') ? quoted() : plain());
      if (position_ >= text_.size()) return true;
      if (text_[position_++] == ',') continue;
      ++line_;
      return true;
    }
  }

 private:
  bool at(char c) const { return position_ < text_.size() && text_[position_] == c; }

  /// Up to the comma or line feed, which stays; a carriage return before the line feed is dropped.
  std::string plain() {
    const auto end = std::min(text_.find_first_of(",\n", position_), text_.size());
    std::string cell(text_.substr(position_, end - position_));
    position_ = end;
    if (!cell.empty() && cell.back() == '\r' && (position_ >= text_.size() || at('\n'))) cell.pop_back();
    if (cell.find('\0') != std::string::npos) {
      throw_data(origin_, ": line ", line_, ": expected text, got a zero byte; the file is damaged");
    }
    return cell;
  }

  std::string quoted() {
    std::string cell;
    for (++position_;;) {
      const auto end = text_.find('"', position_);
      if (end == std::string_view::npos) {
        throw_data(origin_, ": line ", row_line_,
                   ": a quoted cell is never closed; the file is truncated or damaged");
      }
      cell.append(text_.substr(position_, end - position_));
      position_ = end + 1;
      if (!at('"')) break;
      cell.push_back('"');
      ++position_;
    }
    line_ += static_cast<std::size_t>(std::count(cell.begin(), cell.end(), '\n'));
    const auto rest = plain();
    if (!rest.empty()) {
      throw_data(origin_, ": line ", line_,
                 ": expected a comma or the end of the line after a quoted cell, got '", rest.substr(0, 40),
                 "'");
    }
    return cell;
  }

  std::string_view text_;
  const std::string& origin_;
  std::size_t position_ = 0, line_ = 1, row_line_ = 1;
};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

CsvTable CsvTable::read(const std::filesystem::path& path) {
  return parse(read_file(path), path.string());
}

CsvTable CsvTable::parse(std::string_view text, const std::string& origin) {
  CsvTable table;
  table.origin_ = origin;
  CsvReader reader(text, origin);
  if (!reader.next(table.columns_)) throw_data(origin, ": expected a row of column names, got an empty file");
  auto names = table.columns_;
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) throw_data(origin, ": the column '", *twice, "' is there twice");
  std::vector<std::string> row;
  while (reader.next(row)) {
    if (row.size() == 1 && row[0].empty() && table.columns_.size() > 1) continue;  // blank line
    if (row.size() != table.columns_.size()) {
      throw_data(origin, ": line ", reader.line(), ": expected ", table.columns_.size(), " columns, got ",
                 row.size(), "; the file is truncated or damaged");
    }
    table.cells_.push_back(std::move(row));
  }
  return table;
}

bool CsvTable::has(std::string_view column) const {
  return std::find(columns_.begin(), columns_.end(), column) != columns_.end();
}

std::size_t CsvTable::column(std::string_view column) const {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  if (found == columns_.end()) {
    throw_data(origin_, ": expected a column '", column, "', got ", joined(columns_), "; the nearest is '",
               nearest(column, columns_), "'");
  }
  return static_cast<std::size_t>(found - columns_.begin());
}

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

}  // namespace ecg_lora
