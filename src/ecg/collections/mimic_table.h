// MIMIC-IV-ECG's tables in little memory: about 100 bytes a recording, for 800,000 of them.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace ecg_lora::collections {

/// Strings of which many are equal, each kept once.
class Phrases {
 public:
  std::uint32_t add(std::string_view text);
  const std::string& at(std::uint32_t id) const { return *texts_[id]; }

 private:
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::vector<const std::string*> texts_;  ///< keys of ids_, which stay where they are
};

constexpr std::size_t kMeasured = 9;  ///< rr_interval … t_axis

struct MimicRow {
  std::uint32_t subject = 0, study = 0;
  std::array<char, 19> recorded{};  ///< "2180-07-23 08:44:00"; zeros: unknown
  std::uint8_t fold = 0;
  std::int8_t sex = -1;                        ///< -1 unknown, 0 male, 1 female
  std::int16_t age = -1;                       ///< years; -1 unknown
  bool measured = false;                       ///< a row of machine_measurements.csv was found
  std::uint32_t report = 0, report_size = 0;   ///< span of MimicTable::lines
  std::uint32_t bandwidth = 0, filtering = 0;  ///< of MimicTable::phrases
  std::array<float, kMeasured> values{};       ///< NaN: not measured
};

struct MimicTable {
  std::vector<MimicRow> rows;
  std::vector<std::uint32_t> lines;  ///< of reports, as phrases
  Phrases phrases;
  std::unordered_map<std::uint32_t, std::string>
      paths;  ///< by row, if the path is not the usual one
  std::vector<std::string> notices;

  /// Path below the root, without extension.
  std::string path(std::size_t row) const;
};

/// Reads record_list.csv and, if they are there, machine_measurements.csv and (MIMIC-IV's)
/// patients.csv. Throws a data error with file, row and column.
MimicTable read_mimic_tables(const std::filesystem::path& root);

}  // namespace ecg_lora::collections
