// The labels that predict asks about.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/ptbxl/labels.h"

namespace ecg_lora::tools {

/// Labels of `list`. A file has a label a line, its name and its description with a tab between, or a description alone; empty lines and those that begin with #
/// are left out. Anything else is a label set of PTB-XL as data.labels names it, of the tables in the folder `data`; superclass needs no tables. Usage error for
/// neither, data error for a file without labels or with one twice.
std::vector<ptbxl::Label> load_labels(const std::string& list, const std::string& data);

}  // namespace ecg_lora::tools
