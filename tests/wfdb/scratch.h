// Records of literal text and bytes.
#pragma once

#include <cmath>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/expect_error.h"
#include "ecg_lora/ecg/wfdb/record.h"

namespace ecg_lora::wfdb::testing {

using ecg_lora::testing::error_of;
using ecg_lora::testing::has;
using ecg_lora::testing::TemporaryFolder;

using Files = std::map<std::string, std::string>;

/// Without the flush to the disk of write_file, which is slow where a test writes hundreds.
inline void write_plain(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// Reads r.hea of these files.
inline Record read(const Files& files, const ReadOptions& options = {}) {
  const TemporaryFolder folder;
  for (const auto& [name, bytes] : files) write_plain(folder / name, bytes);
  return read_record(folder / "r", options);
}

/// The data error that reading r.hea of these files ends in.
inline std::string error(const Files& files) {
  return error_of(ExitCode::data, [&] { read(files); });
}

/// The samples of the leads, NaN as -9999.
inline std::vector<std::vector<double>> values(const Record& record) {
  std::vector<std::vector<double>> all;
  for (const Lead& lead : record.leads) {
    all.push_back(lead.samples);
    for (double& sample : all.back()) sample = std::isnan(sample) ? -9999 : sample;
  }
  return all;
}

using Values = std::vector<std::vector<double>>;

}  // namespace ecg_lora::wfdb::testing
