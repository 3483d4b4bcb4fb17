// The leakage audit: are patients, records or near-identical traces shared between splits or data
// sets?
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ecg_lora/ecg/collections/collection.h"
#include "ecg_lora/ecg/leakage/audit_report.h"

namespace ecg_lora::leakage {

/// One recording in one part; a recording that is in several parts has several.
struct Member {
  std::uint32_t collection = 0, item = 0, part = 0;
};

/// What is held against what.
struct AuditPlan {
  std::vector<const collections::Collection*> collections;  ///< must outlive the plan
  std::vector<std::string> parts;                           ///< names, at most 64
  std::vector<Member> members;
  bool within = false;  ///< copies within a part count as well
};

using Splits = std::vector<std::pair<std::string, std::vector<int>>>;  ///< {"train", {1, …, 8}}, …

/// Of "train=1-8,valid=9,test=10"; "train=1-3+7" for several spans. Usage error, which speaks of
/// --splits, for another form.
Splits parse_splits(const std::string& text);

/// Parts by fold. Usage error if a part has no recording.
AuditPlan plan_splits(const collections::Collection& collection, const Splits& splits);
/// Each collection is a part, named by its root. Usage error for more than 64.
AuditPlan plan_collections(const std::vector<const collections::Collection*>& collections);

/// Patients and records that the splits of a folder in PTB-XL's layout share, by their ids; `rate`
/// is that of its recordings, Hz. Splits without a recording are left out.
AuditReport audit_folds(const std::shared_ptr<const ptbxl::Database>& database, int rate,
                        const Splits& splits);

/// Patients and records by their ids: quick, reads no waveform.
AuditReport audit_ids(const AuditPlan& plan);

/// When two traces count as the same, and what comparing them may take.
struct TraceOptions {
  double correlation = 0.99;  ///< least that counts as the same trace
  double overlap_s = 3.5;  ///< least overlap, s, without half a second at each end of a recording
  int threads = 0;         ///< 0: all cores
  std::size_t cache_mib = 1024;  ///< of traces kept in memory; the others are read again if needed
};

/// Adds near-identical traces, and page images of identical bytes, to `report`. Shows progress. The
/// result depends on neither threads nor cache. See docs/users/sources.md for the method and its
/// measured limits.
void audit_traces(const AuditPlan& plan, const TraceOptions& options, AuditReport& report);

/// What is audited, and how.
struct AuditOptions {
  std::string splits = "train=1-8,valid=9,test=10";  ///< of a single folder
  bool traces = false, within = false;               ///< compare traces; within parts, too
  collections::OpenOptions open;
  TraceOptions trace;
};

/// Opens `roots`: a single one is split by fold, several are held against each other. What of them
/// is damaged is left out and stands in AuditReport::not_compared. Errors as those of
/// open_collection() and parse_splits().
AuditReport audit_folders(const std::vector<std::string>& roots, const AuditOptions& options);

}  // namespace ecg_lora::leakage
