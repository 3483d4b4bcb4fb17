#include <atomic>
#include <bit>
#include <chrono>
#include <map>
#include <memory>

#include "audit_plan.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/parallel.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/ecg/leakage/audit.h"
#include "search.h"

namespace ecg_lora::leakage {
namespace {

/// Reads the recordings of a plan, in threads; keeps their moments, and as many traces as the cache
/// holds.
class Reader {
 public:
  Reader(const AuditPlan& plan, const std::vector<AuditedRecording>& recordings,
         const TraceOptions& options)
      : plan_(plan),
        recordings_(recordings),
        budget_(static_cast<std::ptrdiff_t>(options.cache_mib << 20)),
        moments(recordings.size()),
        image_digests(recordings.size()),
        problems(recordings.size()),
        traces_(recordings.size()) {}

  void read_all(int threads) {
    Progress progress("Reading traces", static_cast<std::int64_t>(recordings_.size()),
                      "recordings");
    const auto stop_if_asked = [] { throw_if_interrupted("reading traces"); };
    const auto read_one = [&](std::size_t i) {
      stop_if_asked();
      read(i);
    };
    parallel_for(recordings_.size(), threads, read_one, &progress);
    stop_if_asked();
  }

  /// Of a recording that has moments; read again if the cache did not hold it.
  std::shared_ptr<const ComparedTrace> trace(std::uint32_t i) const {
    return traces_[i] ? traces_[i]
                      : std::make_shared<const ComparedTrace>(
                            make_trace(wfdb::read_record(item(i).waveform)));
  }

  collections::CollectionItem item(std::size_t i) const {
    return plan_.collections[recordings_[i].collection]->item(recordings_[i].item);
  }

 private:
  void read(std::size_t i) {
    const collections::CollectionItem entry = item(i);
    try {
      if (!entry.image.empty()) {
        image_digests[i] = sha256_file(entry.image);
        return;
      }
      auto trace =
          std::make_shared<const ComparedTrace>(make_trace(wfdb::read_record(entry.waveform)));
      moments[i] = moments_of(*trace);
      if (moments[i].empty()) throw_data("it has no moment steep enough to find it by");
      if (budget_.fetch_sub(static_cast<std::ptrdiff_t>(trace->bytes())) > 0)
        traces_[i] = std::move(trace);
    } catch (const std::exception& error) {
      problems[i] = error.what();
    }
  }

  const AuditPlan& plan_;
  const std::vector<AuditedRecording>& recordings_;
  std::atomic<std::ptrdiff_t> budget_;  ///< bytes of traces that may still be kept

 public:
  std::vector<std::vector<Moment>> moments;
  std::vector<std::string> image_digests, problems;

 private:
  std::vector<std::shared_ptr<const ComparedTrace>> traces_;
};

Occurrence occurrence_of(const AuditPlan& plan, const AuditedRecording& recording) {
  const auto& collection = *plan.collections[recording.collection];
  return {parts_text(plan, recording.parts), collection.root().string(),
          collection.item(recording.item).id};
}

/// Pages whose files are equal byte by byte.
void add_equal_images(const AuditPlan& plan, const std::vector<AuditedRecording>& recordings,
                      const std::vector<std::string>& digests, AuditReport& report) {
  std::map<std::string, std::vector<std::size_t>> equal;
  for (std::size_t i = 0; i < digests.size(); ++i) {
    if (!digests[i].empty()) equal[digests[i]].push_back(i);
  }
  for (const auto& [digest, same] : equal) {
    std::uint64_t parts = 0;
    for (const std::size_t i : same) parts |= recordings[i].parts;
    if (same.size() < 2 || (std::popcount(parts) < 2 && !plan.within)) continue;
    SharedKey entry{"image file with SHA-256 " + digest, {}};
    for (const std::size_t i : same)
      entry.occurrences.push_back(occurrence_of(plan, recordings[i]));
    report.records.push_back(std::move(entry));
  }
}

void add_copies(const AuditPlan& plan, const std::vector<AuditedRecording>& recordings,
                const std::vector<Pair>& pairs, AuditReport& report) {
  for (const Pair& pair : pairs) {
    const Match& m = pair.match;
    report.copies.push_back({occurrence_of(plan, recordings[pair.a]),
                             occurrence_of(plan, recordings[pair.b]), m.correlation, m.lag / kRate,
                             m.gain, static_cast<double>(m.overlap) / kRate});
  }
}

}  // namespace

void audit_traces(const AuditPlan& plan, const TraceOptions& options, AuditReport& report) {
  const auto start = std::chrono::steady_clock::now();
  const std::vector<AuditedRecording> recordings = recordings_of(plan);
  Reader reader(plan, recordings, options);
  reader.read_all(options.threads);
  SearchInput input;
  input.moments = std::move(reader.moments);
  input.wanted = [&](std::uint32_t a, std::uint32_t b) {
    return plan.within || std::popcount(recordings[a].parts | recordings[b].parts) > 1;
  };
  input.trace = [&](std::uint32_t i) { return reader.trace(i); };
  const SearchResult found = find_copies(
      input, {options.correlation, static_cast<std::size_t>(options.overlap_s * kRate)});
  add_copies(plan, recordings, found.pairs, report);
  add_equal_images(plan, recordings, reader.image_digests, report);
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    if (reader.problems[i].empty()) continue;
    const Occurrence place = occurrence_of(plan, recordings[i]);
    report.not_compared.push_back(cat(place.root, " ", place.id, ": ", reader.problems[i]));
  }
  std::size_t compared = 0;
  for (const auto& moments : input.moments) compared += moments.empty() ? 0 : 1;
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  report.traces = {true, options.correlation, compared, found.candidates, seconds};
}

}  // namespace ecg_lora::leakage
