#include "ecg_lora/ecg/ptbxl/database.h"

#include <unordered_set>

#include "ecg_lora/base/csv.h"
#include "ecg_lora/base/error.h"
#include "records.h"

namespace ecg_lora::ptbxl {
namespace {

namespace fs = std::filesystem;

/// Whether a waveform's folder and its files, if they are links, lead to where recordings may lie.
bool is_allowed(const fs::path& waveform, const AllowedFolders& allowed) {
  if (!allowed.contain(waveform.parent_path())) return false;
  for (const char* extension : {".hea", ".dat"}) {
    std::error_code error;
    const fs::path file = waveform.string() + extension;
    if (fs::is_symlink(file, error) && !allowed.contain(file)) return false;
  }
  return true;
}

}  // namespace

std::filesystem::path Database::waveform(const RecordInfo& record, int sampling_rate) const {
  if (sampling_rate != 100 && sampling_rate != 500) {
    throw_usage("PTB-XL has waveforms at 100 and 500 Hz, got a sampling rate of ", sampling_rate,
                " Hz; choose one of the two");
  }
  const auto path = root / (sampling_rate == 100 ? record.filename_lr : record.filename_hr);
  if (!is_allowed(path, allowed))
    throw_data((root / "ptbxl_database.csv").string(), ": ecg_id ", record.ecg_id, " is ",
               path.string(), ", expected a file of the data set, links followed; name its folder ",
               "in data.recording_roots, or with --recordings, if it is to be read");
  return path;
}

const Statement* Database::statement(const std::string& code) const {
  for (const Statement& statement : statements) {
    if (statement.code == code) return &statement;
  }
  return nullptr;
}

std::vector<Statement> load_statements(const std::filesystem::path& path) {
  CsvReader table(path);
  table.require(
      {"description", "diagnostic", "form", "rhythm", "diagnostic_class", "diagnostic_subclass"});
  const std::size_t description = table.column("description"),
                    diagnostic = table.column("diagnostic"), form = table.column("form"),
                    rhythm = table.column("rhythm"),
                    diagnostic_class = table.column("diagnostic_class"),
                    subclass = table.column("diagnostic_subclass");
  std::vector<Statement> statements;
  std::unordered_set<std::string> seen;
  while (table.next()) {
    const auto flag = [&](std::size_t column) {
      return table.integer(column, 0, 1).value_or(0) == 1;
    };
    Statement& statement = statements.emplace_back();
    statement.code = table.at(0);  // the column of the codes has no name
    if (statement.code.empty()) table.fail(0, "an SCP code");
    if (!seen.insert(statement.code).second) table.fail(0, "a code that no row above has");
    statement.description = table.at(description);
    statement.diagnostic = flag(diagnostic);
    statement.form = flag(form);
    statement.rhythm = flag(rhythm);
    statement.diagnostic_class = table.at(diagnostic_class);
    statement.diagnostic_subclass = table.at(subclass);
  }
  return statements;
}

Database load_database(const std::filesystem::path& root,
                       const std::vector<std::string>& recording_folders) {
  if (!std::filesystem::is_directory(root)) {
    throw_data(root.string(),
               ": expected a folder in PTB-XL's layout (ptbxl_database.csv, scp_statements.csv, "
               "records100/), "
               "got no folder");
  }
  std::vector<std::filesystem::path> folders(recording_folders.begin(), recording_folders.end());
  for (const auto& folder : folders)
    if (!std::filesystem::is_directory(folder))
      throw_data("data.recording_roots (or --recordings): ", folder.string(),
                 " is no folder, expected one of WFDB records; check the path");
  folders.push_back(root);
  return {root, read_records(CsvReader(root / "ptbxl_database.csv")),
          load_statements(root / "scp_statements.csv"), AllowedFolders(folders)};
}

}  // namespace ecg_lora::ptbxl
