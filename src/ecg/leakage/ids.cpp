#include <algorithm>
#include <bit>
#include <unordered_set>

#include "audit_plan.h"
#include "ecg_lora/base/error.h"

namespace ecg_lora::leakage {
namespace {

/// A recording under the id of its patient, or of itself.
struct Keyed {
  std::string key;
  std::uint32_t recording = 0;
};

/// Recordings of one key that lie in more than one part.
std::vector<SharedKey> shared(const AuditPlan& plan,
                              const std::vector<AuditedRecording>& recordings,
                              std::vector<Keyed> keyed) {
  std::sort(keyed.begin(), keyed.end(), [](const Keyed& a, const Keyed& b) {
    return std::tie(a.key, a.recording) < std::tie(b.key, b.recording);
  });
  std::vector<SharedKey> found;
  for (std::size_t begin = 0, end = 0; begin < keyed.size(); begin = end) {
    std::uint64_t parts = 0;
    for (; end < keyed.size() && keyed[end].key == keyed[begin].key; ++end)
      parts |= recordings[keyed[end].recording].parts;
    if (std::popcount(parts) < 2) continue;
    SharedKey entry{keyed[begin].key, {}};
    for (std::size_t i = begin; i < end; ++i) {
      const AuditedRecording& r = recordings[keyed[i].recording];
      const auto& collection = *plan.collections[r.collection];
      entry.occurrences.push_back(
          {parts_text(plan, r.parts), collection.root().string(), collection.item(r.item).id});
    }
    found.push_back(std::move(entry));
  }
  return found;
}

void count(const AuditPlan& plan, const std::vector<AuditedRecording>& recordings,
           const std::vector<std::string>& patients, AuditReport& report) {
  for (std::size_t part = 0; part < plan.parts.size(); ++part) {
    PartCounts entry;
    entry.name = plan.parts[part];
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = 0; i < recordings.size(); ++i) {
      if ((recordings[i].parts >> part & 1) == 0) continue;
      ++entry.recordings;
      if (patients[i].empty()) {
        ++entry.without_patient;
      } else {
        seen.insert(patients[i]);
      }
    }
    entry.patients = seen.size();
    report.parts.push_back(std::move(entry));
  }
}

/// Copies of one known record are one; ids of unknown data sets are compared within their own
/// folder only.
std::string record_key(const collections::Collection& collection,
                       const collections::CollectionItem& item) {
  return item.origin.empty() ? cat(collection.scope(), " record ", item.id) : item.origin;
}

}  // namespace

AuditReport audit_ids(const AuditPlan& plan) {
  AuditReport report;
  for (const auto* collection : plan.collections) {
    report.sources.push_back(cat(collection->root().string(), ": ", collection->description()));
  }
  const std::vector<AuditedRecording> recordings = recordings_of(plan);
  std::vector<Keyed> by_patient, by_record;
  std::vector<std::string> patients;
  for (std::uint32_t i = 0; i < recordings.size(); ++i) {
    const auto& collection = *plan.collections[recordings[i].collection];
    const collections::CollectionItem item = collection.item(recordings[i].item);
    patients.push_back(item.patient.empty() ? ""
                                            : cat(collection.scope(), " patient ", item.patient));
    if (!item.patient.empty()) by_patient.push_back({patients.back(), i});
    by_record.push_back({record_key(collection, item), i});
  }
  count(plan, recordings, patients, report);
  report.patients = shared(plan, recordings, std::move(by_patient));
  report.records = shared(plan, recordings, std::move(by_record));
  return report;
}

AuditReport audit_folds(const std::shared_ptr<const ptbxl::Database>& database, int rate,
                        const Splits& splits) {
  const auto has_records = [&](const std::vector<int>& folds) {
    const auto& records = database->records;
    return std::any_of(records.begin(), records.end(), [&](const auto& record) {
      return std::find(folds.begin(), folds.end(), record.strat_fold) != folds.end();
    });
  };
  Splits present;
  for (const auto& split : splits)
    if (has_records(split.second)) present.push_back(split);
  if (present.empty()) return {};
  const auto collection = collections::ptbxl_collection(database, rate);
  return audit_ids(plan_splits(*collection, present));
}

}  // namespace ecg_lora::leakage
