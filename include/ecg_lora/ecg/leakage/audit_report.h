// What an audit found: patients, records or traces that are shared between parts of the data.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/base/json.h"

namespace ecg_lora::leakage {

/// A recording or page: in which part, of which collection.
struct Occurrence {
  std::string part, root, id;
};

/// A patient or a record that stands in more than one part.
struct SharedKey {
  std::string key;                      ///< "ptb-xl/patient 15709", "ptb-xl/6000"
  std::vector<Occurrence> occurrences;  ///< all its recordings, part by part
};

/// Two recordings whose traces are the same up to a shift, a gain and what correlation allows.
struct Copy {
  Occurrence a, b;
  double correlation = 0;  ///< of both traces over their overlap, leads I, II, V2 together
  double shift_s = 0;      ///< s from the start of `a` to the moment that `b` starts at
  double gain = 1;         ///< amplitude of `b` over that of `a`
  double overlap_s = 0;    ///< s of the trace that both have
};

/// How much a part holds.
struct PartCounts {
  std::string name;
  std::size_t recordings = 0, patients = 0;
  std::size_t without_patient = 0;  ///< recordings whose patient is unknown: not checked by patient
};

/// How the traces were compared.
struct TraceSummary {
  bool compared = false;
  double correlation = 0;      ///< least that counts as the same
  std::size_t recordings = 0;  ///< whose traces took part
  std::size_t candidates = 0;  ///< pairs of moments that were correlated
  double seconds = 0;
};

/// All that an audit found.
struct AuditReport {
  std::vector<std::string> sources;  ///< one line for each collection
  std::vector<PartCounts> parts;
  std::vector<SharedKey> patients, records;
  std::vector<Copy> copies;
  std::vector<std::string> not_compared;  ///< recording and reason
  TraceSummary traces;

  bool leaks() const { return !patients.empty() || !records.empty() || !copies.empty(); }
};

/// Everything.
Json to_json(const AuditReport& report);

/// For people: counts, and at most `most` entries of each kind.
std::string to_text(const AuditReport& report, std::size_t most = 20);

/// Data error with counts and first examples if the report has leaks; says how to go on anyway.
void refuse_leaks(const AuditReport& report);
/// The same before training, or a warning if `allow` (data.allow_leaks).
void check_training_leaks(const AuditReport& report, bool allow);

}  // namespace ecg_lora::leakage
