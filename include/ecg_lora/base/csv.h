// CSV as RFC 4180 has it: quoted fields with commas, quotes and line breaks; the first row names the columns.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ecg_lora {

class CsvTable {
 public:
  /// Throws a data error (file, row, expected and found column counts) where the file is damaged.
  static CsvTable read(const std::filesystem::path& path);
  static CsvTable parse(std::string_view text, const std::string& origin);

  std::size_t rows() const { return cells_.size(); }
  const std::vector<std::string>& columns() const { return columns_; }
  bool has(std::string_view column) const;
  /// Throws a data error that lists the present columns where `column` is not one of them.
  std::size_t column(std::string_view column) const;
  const std::string& at(std::size_t row, std::size_t column) const { return cells_[row][column]; }
  const std::string& at(std::size_t row, std::string_view name) const { return cells_[row][column(name)]; }
  const std::string& origin() const { return origin_; }

 private:
  std::string origin_;
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> cells_;
};

/// A cell as CSV text, quoted where it must be.
std::string csv_cell(std::string_view text);

}  // namespace ecg_lora
