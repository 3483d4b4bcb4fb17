#include "ecg_lora/ptbxl/database.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <unordered_set>

#include "ecg_lora/base/csv.h"
#include "ecg_lora/base/error.h"
#include "scp_codes.h"

namespace ecg_lora::ptbxl {
namespace {

/// Cells of one table by column, with errors that name file, row and column.
class Cells {
 public:
  explicit Cells(const CsvTable& table) : table_(table) {}

  /// Row as a text editor counts them where no cell holds a line break: the names are row 1.
  std::string where(std::size_t row) const { return cat(table_.origin(), " row ", row + 2); }
  [[noreturn]] void fail(std::size_t row, std::size_t column, const char* expected) const {
    throw_data(where(row), ", column ", table_.columns()[column], ": expected ", expected, ", got '",
               table_.at(row, column), "'");
  }
  std::optional<double> number(std::size_t row, std::size_t column) const {
    const std::string& text = table_.at(row, column);
    if (text.empty()) return std::nullopt;
    double value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
      fail(row, column, "a number");
    }
    return value;
  }
  /// `15709` or `15709.0`, in [low, high].
  std::optional<int> integer(std::size_t row, std::size_t column, int low, int high) const {
    const std::optional<double> value = number(row, column);
    if (!value) return std::nullopt;
    if (*value != std::floor(*value) || *value < low || *value > high) {
      fail(row, column, cat("a whole number from ", low, " to ", high).c_str());
    }
    return static_cast<int>(*value);
  }
  int required(std::size_t row, std::size_t column, int low, int high) const {
    const std::optional<int> value = integer(row, column, low, high);
    if (!value) fail(row, column, cat("a whole number from ", low, " to ", high).c_str());
    return *value;
  }

 private:
  const CsvTable& table_;
};

constexpr int kAnyId = std::numeric_limits<int>::max();

std::vector<RecordInfo> read_records(const std::filesystem::path& path) {
  const CsvTable table = CsvTable::read(path);
  const Cells cells(table);
  const std::size_t id = table.column("ecg_id"), patient = table.column("patient_id"),
                    age = table.column("age"), sex = table.column("sex"), report = table.column("report"),
                    codes = table.column("scp_codes"), fold = table.column("strat_fold"),
                    low = table.column("filename_lr"), high = table.column("filename_hr");
  std::vector<RecordInfo> records(table.rows());
  std::unordered_set<int> seen;
  for (std::size_t row = 0; row < records.size(); ++row) {
    RecordInfo& record = records[row];
    record.ecg_id = cells.required(row, id, 0, kAnyId);
    if (!seen.insert(record.ecg_id).second) cells.fail(row, id, "an id that no row above has");
    record.patient_id = cells.required(row, patient, 0, kAnyId);
    record.age = cells.number(row, age);
    record.sex = cells.integer(row, sex, 0, 1);
    record.report = table.at(row, report);
    record.scp_codes = parse_scp_codes(table.at(row, codes), cells.where(row));
    record.strat_fold = cells.required(row, fold, 1, 10);
    record.filename_lr = table.at(row, low);
    record.filename_hr = table.at(row, high);
  }
  return records;
}

std::vector<Statement> read_statements(const std::filesystem::path& path) {
  const CsvTable table = CsvTable::read(path);
  const Cells cells(table);
  const std::size_t description = table.column("description"), diagnostic = table.column("diagnostic"),
                    form = table.column("form"), rhythm = table.column("rhythm"),
                    diagnostic_class = table.column("diagnostic_class"),
                    subclass = table.column("diagnostic_subclass");
  std::vector<Statement> statements(table.rows());
  for (std::size_t row = 0; row < statements.size(); ++row) {
    const auto flag = [&](std::size_t column) { return cells.integer(row, column, 0, 1).value_or(0) == 1; };
    Statement& statement = statements[row];
    statement.code = table.at(row, 0);  // the column of the codes has no name
    if (statement.code.empty()) cells.fail(row, 0, "an SCP code");
    statement.description = table.at(row, description);
    statement.diagnostic = flag(diagnostic);
    statement.form = flag(form);
    statement.rhythm = flag(rhythm);
    statement.diagnostic_class = table.at(row, diagnostic_class);
    statement.diagnostic_subclass = table.at(row, subclass);
  }
  return statements;
}

}  // namespace

std::filesystem::path Database::waveform(const RecordInfo& record, int sampling_rate) const {
  if (sampling_rate != 100 && sampling_rate != 500) {
    throw_usage("PTB-XL has waveforms at 100 and 500 Hz, got a sampling rate of ", sampling_rate,
                " Hz; choose one of the two");
  }
  return root / (sampling_rate == 100 ? record.filename_lr : record.filename_hr);
}

const Statement* Database::statement(const std::string& code) const {
  for (const Statement& statement : statements) {
    if (statement.code == code) return &statement;
  }
  return nullptr;
}

Database load_database(const std::filesystem::path& root) {
  if (!std::filesystem::is_directory(root)) {
    throw_data(
        root.string(),
        ": expected a folder in PTB-XL's layout (ptbxl_database.csv, scp_statements.csv, records100/), "
        "got no folder");
  }
  return {root, read_records(root / "ptbxl_database.csv"), read_statements(root / "scp_statements.csv")};
}

}  // namespace ecg_lora::ptbxl
