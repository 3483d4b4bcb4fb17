// ptbxl_database.csv.
#pragma once

#include <vector>

#include "ecg_lora/base/csv.h"
#include "ecg_lora/ecg/ptbxl/database.h"

namespace ecg_lora::ptbxl {

/// All rows. Throws a data error with file, row and column.
std::vector<RecordInfo> read_records(CsvReader table);

}  // namespace ecg_lora::ptbxl
