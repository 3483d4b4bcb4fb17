// Simple numbers about a twelve-lead recording, for a model that knows nothing else.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/ecg/wfdb/record.h"

namespace ecg_lora::features {

/// What the numbers of trace_features() are, in order: heart rate (beats per minute), variation,
/// wander and largest departure of the distances between beats, sine and cosine of the QRS axis,
/// width of QRS (s), and for each of the twelve leads the highest and lowest point of QRS and the
/// mean behind it in the median beat, and the standard deviation of the whole lead (mV).
const std::vector<std::string>& trace_feature_names();

/// Nothing if a number cannot be measured: no beats, a missing or flat lead.
std::vector<std::optional<double>> trace_features(const wfdb::Record& record);

}  // namespace ecg_lora::features
