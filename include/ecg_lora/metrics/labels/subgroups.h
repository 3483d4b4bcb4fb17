// Scores within groups of records.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ecg_lora/metrics/labels/scores.h"

namespace ecg_lora::metrics {

/// Groups of records by one property, for example sex. A record without an entry is of the group
/// "unknown"; one in several groups (signal quality flags) counts in each.
struct Grouping {
  std::string name;
  std::map<int, std::vector<std::string>> groups;  ///< by ecg_id
};

constexpr std::int64_t kSmallGroup = 20;  ///< groups of fewer records carry a warning

struct GroupScores {
  std::string grouping, group;
  Scores scores;
  bool small() const { return scores.records < kSmallGroup; }
};

/// Every group of every grouping, with the thresholds of the whole. Groups that are numbers by
/// their value, others in alphabetical order, "unknown" last.
std::vector<GroupScores> score_groups(const std::vector<Prediction>& test,
                                      const Thresholds& thresholds,
                                      const std::vector<Grouping>& groupings,
                                      const IntervalOptions& options);

}  // namespace ecg_lora::metrics
