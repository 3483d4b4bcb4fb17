#include "mimic_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "ecg_lora/base/csv.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/inside.h"

namespace ecg_lora::collections {
namespace {

constexpr std::int64_t kAnyId = std::numeric_limits<std::uint32_t>::max();
constexpr double kNotMeasured = 29999;  // what the machine writes if it found no such wave
constexpr std::array<const char*, kMeasured> kMeasuredColumns = {
    "rr_interval", "p_onset", "p_end",    "qrs_onset", "qrs_end",
    "t_end",       "p_axis",  "qrs_axis", "t_axis"};

std::uint32_t id(const CsvReader& table, std::size_t column) {
  return static_cast<std::uint32_t>(table.required(column, 0, kAnyId));
}

std::string usual_path(std::uint32_t subject, std::uint32_t study) {
  const std::string s = std::to_string(subject), t = std::to_string(study);
  return "files/p" + s.substr(0, 4) + "/p" + s + "/s" + t + '/' + t;
}

std::array<char, 19> time_of(const CsvReader& table, std::size_t column) {
  constexpr std::string_view kShape = "dddd-dd-dd dd:dd:dd";
  const std::string_view text = table.at(column);
  std::array<char, 19> time{};
  if (text.empty()) return time;
  const auto fits = [](char c, char shape) {
    return shape == 'd' ? c >= '0' && c <= '9' : c == shape;
  };
  if (text.size() != kShape.size() || !std::equal(text.begin(), text.end(), kShape.begin(), fits)) {
    table.fail(column, "a time such as 2180-07-23 08:44:00");
  }
  std::copy(text.begin(), text.end(), time.begin());
  return time;
}

void read_list(const std::filesystem::path& path, MimicTable& out) {
  CsvReader table(path);
  table.require({"subject_id", "study_id", "ecg_time", "path"});
  const std::size_t subject = table.column("subject_id"), study = table.column("study_id"),
                    time = table.column("ecg_time"), place = table.column("path");
  while (table.next()) {
    MimicRow& row = out.rows.emplace_back();
    row.subject = id(table, subject);
    row.study = id(table, study);
    row.recorded = time_of(table, time);
    row.values.fill(std::numeric_limits<float>::quiet_NaN());
    if (table.at(place).empty()) table.fail(place, "the path of a record");
    if (table.at(place) != usual_path(row.subject, row.study)) {
      if (leads_out(table.at(place))) table.fail(place, "a path within the data set, without '..'");
      out.paths.emplace(static_cast<std::uint32_t>(out.rows.size() - 1), table.at(place));
    }
  }
}

/// Rows by study.
class Studies {
 public:
  Studies(const MimicTable& table, const std::string& origin) {
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
      order_.emplace_back(table.rows[i].study, static_cast<std::uint32_t>(i));
    }
    if (!std::is_sorted(order_.begin(), order_.end())) std::sort(order_.begin(), order_.end());
    const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
    const auto twice = std::adjacent_find(order_.begin(), order_.end(), same);
    if (twice != order_.end()) {
      throw_data(origin, " row ", (twice + 1)->second + 2,
                 ", column study_id: expected an id that no row above has, got '", twice->first,
                 "'");
    }
  }

  /// nullptr if there is no such study. Both files are in one order, so that the row after the
  /// last one is tried first.
  MimicRow* find(MimicTable& table, std::uint32_t study) {
    if (next_ >= table.rows.size() || table.rows[next_].study != study) {
      const auto found =
          std::lower_bound(order_.begin(), order_.end(), std::pair(study, std::uint32_t{0}));
      if (found == order_.end() || found->first != study) return nullptr;
      next_ = found->second;
    }
    return &table.rows[next_++];
  }

 private:
  std::vector<std::pair<std::uint32_t, std::uint32_t>> order_;
  std::size_t next_ = 0;
};

/// Columns of machine_measurements.csv; any but study_id may be missing.
class MeasurementColumns {
 public:
  explicit MeasurementColumns(const CsvReader& table)
      : table_(table), bandwidth_(table.find("bandwidth")), filtering_(table.find("filtering")) {
    for (int line = 0; const auto column = table.find(cat("report_", line)); ++line)
      report_.push_back(*column);
    for (std::size_t i = 0; i < kMeasured; ++i) measured_[i] = table.find(kMeasuredColumns[i]);
  }

  void read(MimicRow& row, MimicTable& out) const {
    row.measured = true;
    row.report = static_cast<std::uint32_t>(out.lines.size());
    for (const std::size_t column : report_) {
      if (const auto text = table_.at(column); !text.empty())
        out.lines.push_back(out.phrases.add(text));
    }
    row.report_size = static_cast<std::uint32_t>(out.lines.size()) - row.report;
    if (bandwidth_) row.bandwidth = out.phrases.add(table_.at(*bandwidth_));
    if (filtering_) row.filtering = out.phrases.add(table_.at(*filtering_));
    for (std::size_t i = 0; i < kMeasured; ++i) {
      const auto value = measured_[i] ? table_.number(*measured_[i]) : std::nullopt;
      if (value && std::abs(*value) < kNotMeasured) row.values[i] = static_cast<float>(*value);
    }
  }

 private:
  const CsvReader& table_;
  std::vector<std::size_t> report_;
  std::array<std::optional<std::size_t>, kMeasured> measured_;
  std::optional<std::size_t> bandwidth_, filtering_;
};

void read_measurements(const std::filesystem::path& path, Studies studies, MimicTable& out) {
  CsvReader table(path);
  table.require({"study_id"});
  const std::size_t study = table.column("study_id");
  const MeasurementColumns columns(table);
  std::size_t read = 0, unknown = 0;
  while (table.next()) {
    MimicRow* row = studies.find(out, id(table, study));
    if (row == nullptr) {
      ++unknown;
      continue;
    }
    if (row->measured) table.fail(study, "a study that no row above has");
    columns.read(*row, out);
    ++read;
  }
  if (unknown > 0)
    out.notices.push_back(cat(path.string(), ": ", unknown,
                              " rows are of no study of record_list.csv and were left out"));
  if (read < out.rows.size())
    out.notices.push_back(cat(path.string(), ": has no row for ", out.rows.size() - read, " of ",
                              out.rows.size(), " recordings"));
}

struct Subject {
  std::int8_t sex = -1;
  int born = 0;  ///< shifted year, as all of MIMIC's dates are; 0: unknown
};

/// MIMIC-IV's hosp/patients.csv: the age at a recording follows from the age in an anchor year.
std::unordered_map<std::uint32_t, Subject> read_patients(const std::filesystem::path& path) {
  CsvReader table(path);
  table.require({"subject_id", "gender", "anchor_age", "anchor_year"});
  const std::size_t subject = table.column("subject_id"), gender = table.column("gender"),
                    age = table.column("anchor_age"), year = table.column("anchor_year");
  std::unordered_map<std::uint32_t, Subject> subjects;
  while (table.next()) {
    Subject& entry = subjects[id(table, subject)];
    const std::string_view sex = table.at(gender);
    if (!sex.empty() && sex != "M" && sex != "F") table.fail(gender, "M or F");
    entry.sex = sex.empty() ? -1 : sex == "F";
    const auto years = table.integer(age, 0, 150), anchor = table.integer(year, 1900, 9999);
    if (years && anchor) entry.born = static_cast<int>(*anchor - *years);
  }
  return subjects;
}

void add_patients(const std::unordered_map<std::uint32_t, Subject>& subjects, MimicTable& out) {
  for (MimicRow& row : out.rows) {
    const auto found = subjects.find(row.subject);
    if (found == subjects.end()) continue;
    row.sex = found->second.sex;
    int year = 0;
    std::from_chars(row.recorded.data(), row.recorded.data() + 4, year);
    const int age = year - found->second.born;
    if (year > 0 && found->second.born > 0 && age >= 0 && age <= 150)
      row.age = static_cast<std::int16_t>(age);
  }
}

}  // namespace

std::uint32_t Phrases::add(std::string_view text) {
  const auto [entry, is_new] = ids_.emplace(text, static_cast<std::uint32_t>(texts_.size()));
  if (is_new) texts_.push_back(&entry->first);
  return entry->second;
}

std::string MimicTable::path(std::size_t row) const {
  const auto other = paths.find(static_cast<std::uint32_t>(row));
  return other != paths.end() ? other->second : usual_path(rows[row].subject, rows[row].study);
}

MimicTable read_mimic_tables(const std::filesystem::path& root) {
  namespace fs = std::filesystem;
  const fs::path list = root / "record_list.csv", measurements = root / "machine_measurements.csv";
  MimicTable table;
  table.phrases.add("");
  read_list(list, table);
  Studies studies(table, list.string());
  if (fs::exists(measurements)) {
    read_measurements(measurements, std::move(studies), table);
  } else {
    table.notices.push_back(measurements.string() +
                            ": is not there; reports and measurements are unknown");
  }
  for (const fs::path& place : {root / "patients.csv", root / "hosp" / "patients.csv"}) {
    if (!fs::exists(place)) continue;
    add_patients(read_patients(place), table);
    return table;
  }
  table.notices.push_back((root / "patients.csv").string() +
                          ": is not there (it is part of MIMIC-IV); ages and sexes are unknown");
  return table;
}

}  // namespace ecg_lora::collections
