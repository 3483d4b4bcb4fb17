// What PTB-XL's table says of a recording's patient and time.
#pragma once

#include <filesystem>
#include <memory>

#include "ecg_lora/ecg/ptbxl/database.h"
#include "ecg_lora/ecg/wfdb/patient_facts.h"

namespace ecg_lora::ptbxl {

/// Patient, age, sex and date of a row.
wfdb::PatientFacts facts_of(const RecordInfo& record);

/// The tables above recordings that are named by their path, so that a record has the same page
/// whichever way it was named.
class TableFacts {
 public:
  TableFacts();
  ~TableFacts();

  /// Of the row of the nearest ptbxl_database.csv, up to three folders above `record` (a path
  /// without extension), that names this record; empty if there is none. Reads a table once.
  /// Thread-safe. Data error for a table that cannot be read.
  wfdb::PatientFacts of(const std::filesystem::path& record) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ecg_lora::ptbxl
