// CSV as RFC 4180 has it: quoted fields with commas, quotes and line breaks; the first row names
// the columns. A byte order mark, CRLF, blank lines and a missing last line break are accepted.
#pragma once

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ecg_lora {

/// Rows one at a time, in memory that does not grow with the file.
class CsvReader {
 public:
  /// Opens a file and reads the names of its columns. Throws a data error that names the file if
  /// it is missing, empty, or names a column twice.
  explicit CsvReader(const std::filesystem::path& path);
  /// The same over `text`; `origin` names it in errors.
  CsvReader(std::string_view text, std::string origin);

  const std::string& origin() const { return origin_; }
  const std::vector<std::string>& columns() const { return columns_; }
  /// The place of a column; nothing if it is not there.
  std::optional<std::size_t> find(std::string_view column) const;
  /// Throws a data error that lists the present columns if `column` is not one of them.
  std::size_t column(std::string_view column) const;
  /// Throws a data error that lists all of `columns` that are missing.
  void require(std::initializer_list<const char*> columns) const;

  /// Moves to the next row that is not blank; false at the end. Throws a data error (file, line,
  /// expected and found column counts) if the file is damaged.
  bool next();

  /// A cell of the present row; valid until next().
  std::string_view at(std::size_t column) const { return cells_[column].text; }
  /// Line that the present row starts at, counted from 1.
  std::size_t line() const { return row_line_; }
  /// File and row, for messages. The names are row 1, as in a text editor if no cell holds a line
  /// break.
  std::string where() const;

  /// Nothing for an empty cell; a data error with file, row and column if it is no finite
  /// number.
  std::optional<double> number(std::size_t column) const;
  /// `15709` or `15709.0`, in [low, high]; nothing for an empty cell. Data error for another.
  std::optional<std::int64_t> integer(std::size_t column, std::int64_t low,
                                      std::int64_t high) const;
  /// As integer(), for a cell that must not be empty.
  std::int64_t required(std::size_t column, std::int64_t low, std::int64_t high) const;
  /// Throws the data error for a cell that is not what was `expected`.
  [[noreturn]] void fail(std::size_t column, const std::string& expected) const;

 private:
  struct Cell {
    std::string_view text;
    bool escaped = false;  ///< holds doubled quotes that are not yet undone
  };
  enum class Scan { row, more, end };

  void read_columns();
  bool next_row();
  Scan scan();
  bool scan_cell(std::size_t& at, bool& last);
  bool scan_quoted(std::size_t& at, bool& last);
  void refill();
  void unescape(Cell& cell);

  std::string origin_;
  std::ifstream file_;
  bool at_end_ = true;  ///< everything that there is stands in buffer_
  std::string buffer_;
  std::size_t begin_ = 0;  ///< where the row after the present one starts
  std::size_t line_ = 1, row_line_ = 1, row_ = 0;
  std::vector<Cell> cells_;
  std::vector<std::string> columns_;
};

/// A whole small table.
class CsvTable {
 public:
  /// Data errors as those of CsvReader.
  static CsvTable read(const std::filesystem::path& path);
  /// The same of `text`; `origin` names it in errors.
  static CsvTable parse(std::string_view text, const std::string& origin);

  std::size_t rows() const { return cells_.size(); }
  const std::vector<std::string>& columns() const { return columns_; }
  bool has(std::string_view column) const;
  /// As CsvReader::column.
  std::size_t column(std::string_view column) const;
  /// REQUIRES: row < rows(), and a column that is there; by its name, a data error if it is not.
  const std::string& at(std::size_t row, std::size_t column) const { return cells_[row][column]; }
  const std::string& at(std::size_t row, std::string_view name) const {
    return cells_[row][column(name)];
  }
  const std::string& origin() const { return origin_; }

 private:
  static CsvTable from(CsvReader reader);

  std::string origin_;
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> cells_;
};

/// A cell as CSV text, quoted if it must be.
std::string csv_cell(std::string_view text);

}  // namespace ecg_lora
