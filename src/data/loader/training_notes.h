// What is said of the sources of a training run: lines for people, entries of data.json, warnings.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/data/loader/instruct_source.h"
#include "ecg_lora/ecg/ptbxl/database.h"
#include "ecg_lora/ecg/ptbxl/labels.h"

namespace ecg_lora::data {

/// "samples     120 of a.json on 40 page sets, weight 2\n".
std::string summary_line(const std::string& file, double weight, const InstructSummary& summary);
Json summary_json(const std::string& file, double weight, const InstructSummary& summary);

/// Nothing is shortened or left out silently.
void warn_of_lengths(const std::string& source, std::int64_t cut, std::int64_t left_out, int most);

/// A label that the user names is asked all the same; a model that has only seen it denied learns
/// to deny it.
void warn_of_no_only(const ptbxl::Database& database, const ptbxl::LabelSet& labels,
                     const std::vector<int>& folds);

}  // namespace ecg_lora::data
