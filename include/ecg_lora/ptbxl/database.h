// PTB-XL's tables: records, SCP statements, folds.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ecg_lora::ptbxl {

/// A row of scp_statements.csv.
struct Statement {
  std::string code;  ///< SCP code, for example "AFIB"
  std::string description;
  bool diagnostic = false, form = false, rhythm = false;
  std::string diagnostic_class;  ///< superclass: NORM, MI, STTC, CD, HYP; empty unless diagnostic
  std::string diagnostic_subclass;
};

/// A row of ptbxl_database.csv.
struct RecordInfo {
  int ecg_id = 0;
  int patient_id = 0;
  std::optional<double> age;  ///< years; 300 stands for above 89, as PTB-XL has it
  std::optional<int> sex;     ///< 0 male, 1 female
  std::string report;
  std::vector<std::pair<std::string, double>>
      scp_codes;                         ///< code and likelihood in percent; 0 is "not stated"
  int strat_fold = 0;                    ///< 1 … 10
  std::string filename_lr, filename_hr;  ///< relative to the root, without extension
};

struct Database {
  std::filesystem::path root;
  std::vector<RecordInfo> records;
  std::vector<Statement> statements;

  /// Path of the waveform at 100 or 500 Hz; usage error for any other rate.
  std::filesystem::path waveform(const RecordInfo& record, int sampling_rate) const;
  const Statement* statement(const std::string& code) const;  ///< nullptr where unknown
};

/// Reads both tables of a folder in PTB-XL's layout. Throws a data error with file, row and column.
Database load_database(const std::filesystem::path& root);

}  // namespace ecg_lora::ptbxl
