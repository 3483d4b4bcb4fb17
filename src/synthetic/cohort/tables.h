// The rows of a data set's two tables, spelled as PTB-XL does.
#pragma once

#include <string>

#include "ecg_lora/synthetic/cohort/dataset.h"
#include "ecg_lora/synthetic/conditions/conditions.h"

namespace ecg_lora::synthetic {

inline constexpr int kRecordsAFolder = 1000;  // PTB-XL's: records100/00000 holds ids below 1000

/// One recording's place in the data set.
struct Visit {
  int id = 0, patient = 0, fold = 0;
  std::size_t entry = 0;  ///< in the list of principal or main conditions
  int number = 0;         ///< of the patient's recordings, from 0
};

/// records100/00000/00001_lr
std::string waveform_name(int id, int rate);

/// The head of ptbxl_database.csv, with its line end.
std::string database_columns();
/// A row, with its line end. What no condition shapes (device, date) is drawn from `random`.
std::string database_row(const Visit& visit, int age, int sex, const RecordingSpec& drawn,
                         Random& random);

/// scp_statements.csv.
std::string statement_table(Preset preset);

}  // namespace ecg_lora::synthetic
