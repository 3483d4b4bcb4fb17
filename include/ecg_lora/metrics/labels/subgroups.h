// Scores within groups of records.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ecg_lora/metrics/labels/scores.h"

namespace ecg_lora::metrics {

/// A way to divide the records, for example by sex. A record without an entry is of the group
/// "unknown"; one in several groups (signal quality flags) counts in each.
struct Division {
  std::string name;
  std::map<int, std::vector<std::string>> groups;  ///< by ecg_id
};

constexpr std::int64_t kSmallGroup = 20;  ///< groups of fewer records carry a warning

struct GroupScores {
  std::string division, group;
  Scores scores;
  bool small() const { return scores.records < kSmallGroup; }
};

/// Every group of every division, with the thresholds of the whole. Groups in alphabetical order,
/// "unknown" last.
std::vector<GroupScores> score_groups(const std::vector<Prediction>& test,
                                      const Thresholds& thresholds,
                                      const std::vector<Division>& divisions,
                                      const BootstrapOptions& options);

}  // namespace ecg_lora::metrics
