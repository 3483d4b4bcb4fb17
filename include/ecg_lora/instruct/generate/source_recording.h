// What questions are made of: the statements, report and measurements of a recording.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/ecg/features/axis.h"
#include "ecg_lora/ecg/features/rr_statistics.h"
#include "ecg_lora/ecg/ptbxl/database.h"

namespace ecg_lora::instruct {

/// A recording that questions are made of, from any collection.
struct SourceRecording {
  std::int64_t id = 0, patient = 0;           ///< the id is the key of all that is drawn for it
  std::string name;                           ///< what the data set calls it; empty: its id
  int fold = 0;                               ///< 0: none
  std::string image;                          ///< the name that stands for its page in items
  std::optional<double> age;                  ///< years
  std::vector<ptbxl::StatedCode> statements;  ///< SCP codes
  std::string report;
  features::Measured<features::RrStatistics> rr =
      features::Measured<features::RrStatistics>::none("not asked for");
  features::Measured<features::Axis> axis =
      features::Measured<features::Axis>::none("not asked for");
};

}  // namespace ecg_lora::instruct
