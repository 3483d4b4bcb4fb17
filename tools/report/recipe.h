// The recipe of ecg-lora report: a training run's folder to a page.
#pragma once

#include <filesystem>

namespace ecg_lora::tools {

/// Writes the page of the run folder `run` to `out`; to its report.html if `out` is empty. Data
/// error for a folder that is no run of ecg-lora train, or holds a damaged file.
int run_report(const std::filesystem::path& run, const std::filesystem::path& out);

}  // namespace ecg_lora::tools
