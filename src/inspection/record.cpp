// WFDB records.
#include <algorithm>

#include "ecg_lora/ecg/wfdb/patient_facts.h"
#include "ecg_lora/ecg/wfdb/record_description.h"
#include "ecg_lora/inspection/describe.h"

namespace ecg_lora::inspection {
namespace {

namespace fs = std::filesystem;

template <class T>
Json value_or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// Whether the stated checksum is that of the samples, in words.
std::string state_of(const wfdb::SignalDescription& signal) {
  if (!signal.checksum) return "not stated";
  if (!signal.sum) return "not read";
  return *signal.checksum == *signal.sum ? "holds" : cat("differs: ", *signal.sum);
}

Json row_of(const wfdb::SignalDescription& signal) {
  Json row{{"name", signal.name},         {"unit", signal.unit},         {"gain", signal.gain},
           {"baseline", signal.baseline}, {"adc_zero", signal.adc_zero}, {"format", signal.format},
           {"file", signal.file}};
  if (signal.samples_per_frame > 1) row["samples_per_frame"] = signal.samples_per_frame;
  if (signal.skew > 0) row["skew"] = signal.skew;
  if (signal.offset > 0) row["offset"] = signal.offset;
  row["initial_value"] = value_or_null(signal.initial_value);
  row["checksum"] = value_or_null(signal.checksum);
  row["checksum_state"] = state_of(signal);
  return row;
}

/// Rows of a table have the same columns.
Json rows_of(const std::vector<wfdb::SignalDescription>& signals) {
  Json rows = Json::array();
  for (const auto& signal : signals) rows.push_back(row_of(signal));
  for (const char* key : {"samples_per_frame", "skew", "offset"})
    if (std::any_of(rows.begin(), rows.end(), [&](const Json& row) { return row.contains(key); }))
      for (std::size_t i = 0; i < signals.size(); ++i)
        if (!rows[i].contains(key)) rows[i][key] = key == std::string("samples_per_frame") ? 1 : 0;
  return rows;
}

}  // namespace

fs::path record_header(const fs::path& path) {
  if (path.extension() == ".hea" && fs::is_regular_file(path)) return path;
  const fs::path header = path.string() + ".hea";
  return !fs::exists(path) && fs::is_regular_file(header) ? header : fs::path();
}

Description describe_recording(const fs::path& header) {
  const auto record = wfdb::describe_record(header);
  wfdb::PatientFacts facts;
  for (const auto& comment : record.comments) wfdb::read_comment(comment, facts);
  Description description;
  auto& out = description.content;
  out = {{"kind", "WFDB record"},
         {"path", header.string()},
         {"name", record.name},
         {"sampling_rate", record.sampling_rate},
         {"length", value_or_null(record.length)}};
  out["seconds"] = record.length ? Json(static_cast<double>(*record.length) / record.sampling_rate)
                                 : Json(nullptr);
  const auto recorded = wfdb::recorded_at(record.clock);
  out["recorded"] = recorded.empty() ? Json(nullptr) : Json(recorded);
  out["counter_frequency"] = value_or_null(record.clock.counter_frequency);
  out["base_counter"] = value_or_null(record.clock.base_counter);
  out["age"] = value_or_null(facts.age);
  out["sex"] = facts.sex ? Json(*facts.sex == 0 ? "male" : "female") : Json(nullptr);
  out["patient"] = facts.id.empty() ? Json(nullptr) : Json(facts.id);
  out["comments"] = record.comments;
  if (!record.segments.empty()) {
    out["segments"] = Json::array();
    for (const auto& segment : record.segments)
      out["segments"].push_back({{"segment", segment.name}, {"length", segment.length}});
  }
  out["signals"] = rows_of(record.signals);
  if (record.problem.empty()) return description;
  description.code = ExitCode::data;
  description.problem = record.problem;
  return description;
}

}  // namespace ecg_lora::inspection
