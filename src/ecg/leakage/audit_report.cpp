#include "ecg_lora/ecg/leakage/audit_report.h"

#include <algorithm>
#include <cstdio>

#include "ecg_lora/base/log.h"

namespace ecg_lora::leakage {
namespace {

Json to_json(const Occurrence& place) {
  return {{"part", place.part}, {"root", place.root}, {"id", place.id}};
}

Json to_json(const std::vector<SharedKey>& entries) {
  Json list = Json::array();
  for (const SharedKey& entry : entries) {
    Json places = Json::array();
    for (const Occurrence& place : entry.occurrences) places.push_back(to_json(place));
    list.push_back({{"key", entry.key}, {"where", std::move(places)}});
  }
  return list;
}

std::string number(const char* format, double value) {
  char text[48];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string line(const Occurrence& place) {
  return cat(place.part, " ", place.id);
}

std::string line(const SharedKey& entry) {
  constexpr std::size_t kMaxPlaces = 6;
  std::string text = entry.key + ": ";
  for (std::size_t i = 0; i < std::min(kMaxPlaces, entry.occurrences.size()); ++i)
    text += (i > 0 ? ", " : "") + line(entry.occurrences[i]);
  if (entry.occurrences.size() > kMaxPlaces)
    text += cat(" and ", entry.occurrences.size() - kMaxPlaces, " more");
  return text;
}

std::string line(const Copy& copy) {
  return cat(line(copy.a), " and ", line(copy.b), ": correlation ",
             number("%.4f", copy.correlation), " over ", number("%.1f", copy.overlap_s),
             " s, shifted by ", number("%.3f", copy.shift_s), " s, gain ",
             number("%.3f", copy.gain));
}

std::string line(const std::string& text) {
  return text;
}

template <class T>
void list(std::string& text, const char* title, const std::vector<T>& entries, std::size_t most) {
  text += cat(title, ": ", entries.size(), '\n');
  for (std::size_t i = 0; i < std::min(most, entries.size()); ++i)
    text += "  " + line(entries[i]) + '\n';
  if (entries.size() > most) text += cat("  … and ", entries.size() - most, " more\n");
}

}  // namespace

Json to_json(const AuditReport& report) {
  Json parts = Json::array(), copies = Json::array();
  for (const PartCounts& part : report.parts) {
    parts.push_back({{"name", part.name},
                     {"recordings", part.recordings},
                     {"patients", part.patients},
                     {"recordings_without_patient", part.without_patient}});
  }
  for (const Copy& copy : report.copies) {
    copies.push_back({{"a", to_json(copy.a)},
                      {"b", to_json(copy.b)},
                      {"correlation", copy.correlation},
                      {"shift_s", copy.shift_s},
                      {"gain", copy.gain},
                      {"overlap_s", copy.overlap_s}});
  }
  Json traces = {{"compared", report.traces.compared}};
  if (report.traces.compared) {
    traces.update({{"least_correlation", report.traces.correlation},
                   {"recordings", report.traces.recordings},
                   {"candidates", report.traces.candidates},
                   {"seconds", report.traces.seconds}});
  }
  return {{"format", "ecg-lora audit 1"},
          {"leaks", report.leaks()},
          {"sources", report.sources},
          {"parts", std::move(parts)},
          {"traces", std::move(traces)},
          {"shared_patients", to_json(report.patients)},
          {"shared_records", to_json(report.records)},
          {"copies", std::move(copies)},
          {"not_compared", report.not_compared}};
}

std::string to_text(const AuditReport& report, std::size_t most) {
  std::string text;
  for (const std::string& source : report.sources) text += source + '\n';
  for (const PartCounts& part : report.parts) {
    text += cat(part.name, ": ", part.recordings, " recordings of ", part.patients, " patients");
    text +=
        part.without_patient > 0 ? cat(", ", part.without_patient, " of unknown patients\n") : "\n";
  }
  list(text, "patients in several parts", report.patients, most);
  list(text, "records in several parts", report.records, most);
  if (report.traces.compared) {
    list(text, "near-identical traces", report.copies, most);
    text += cat("traces compared: ", report.traces.recordings, " recordings, correlation ",
                report.traces.correlation, " and above, ", report.traces.candidates,
                " candidates, ", number("%.1f", report.traces.seconds), " s\n");
    list(text, "not compared by trace", report.not_compared, most);
  } else {
    text += "traces were not compared\n";
  }
  return text;
}

void refuse_leaks(const AuditReport& report) {
  if (!report.leaks()) return;
  std::string found;
  const auto add = [&](std::size_t count, const char* what, const std::string& example) {
    found += cat(found.empty() ? "" : "; ", count, ' ', what, " (", example, ")");
  };
  if (!report.patients.empty()) add(report.patients.size(), "patients", line(report.patients[0]));
  if (!report.records.empty()) add(report.records.size(), "records", line(report.records[0]));
  if (!report.copies.empty())
    add(report.copies.size(), "near-identical traces", line(report.copies[0]));
  throw_data("the parts of the data share ", found,
             "; scores on them would say nothing about new patients: separate them, or set "
             "data.allow_leaks=true to go on anyway");
}

void check_training_leaks(const AuditReport& report, bool allow) {
  if (!allow)
    refuse_leaks(report);
  else if (report.leaks())
    log_warn(cat("training on folds that share ", report.patients.size(), " patients and ",
                 report.records.size(), " records, as data.allow_leaks says"));
}

}  // namespace ecg_lora::leakage
