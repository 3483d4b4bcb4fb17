#include "ecg_lora/base/csv.h"

#include <algorithm>

#include "csv_columns.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/base/suggest.h"

namespace ecg_lora {

std::size_t column_of(const std::vector<std::string>& columns, std::string_view column,
                      const std::string& origin) {
  const auto found = std::find(columns.begin(), columns.end(), column);
  if (found == columns.end()) {
    throw_data(origin, ": expected a column '", column, "', got ", joined(columns),
               "; the nearest is '", nearest(column, columns), "'");
  }
  return static_cast<std::size_t>(found - columns.begin());
}

CsvTable CsvTable::read(const std::filesystem::path& path) {
  return from(CsvReader(path));
}

CsvTable CsvTable::parse(std::string_view text, const std::string& origin) {
  return from({text, origin});
}

CsvTable CsvTable::from(CsvReader reader) {
  CsvTable table;
  table.origin_ = reader.origin();
  table.columns_ = reader.columns();
  while (reader.next()) {
    auto& row = table.cells_.emplace_back(table.columns_.size());
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = reader.at(i);
  }
  return table;
}

bool CsvTable::has(std::string_view column) const {
  return std::find(columns_.begin(), columns_.end(), column) != columns_.end();
}

std::size_t CsvTable::column(std::string_view column) const {
  return column_of(columns_, column, origin_);
}

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

}  // namespace ecg_lora
