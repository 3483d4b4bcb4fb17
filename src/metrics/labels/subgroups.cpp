#include "ecg_lora/metrics/labels/subgroups.h"

#include <tuple>

#include "ecg_lora/base/progress.h"

namespace ecg_lora::metrics {
namespace {

const std::string kUnknown = "unknown";

/// Numbers by their value, "unknown" last.
struct GroupOrder {
  static auto key(const std::string& group) {
    const bool number = group.find_first_not_of("0123456789") == std::string::npos;
    return std::tuple(group == kUnknown, number ? group.size() : 0, group);
  }
  bool operator()(const std::string& a, const std::string& b) const { return key(a) < key(b); }
};

}  // namespace

std::vector<GroupScores> score_groups(const std::vector<Prediction>& test,
                                      const Thresholds& thresholds,
                                      const std::vector<Grouping>& groupings,
                                      const IntervalOptions& options) {
  std::vector<GroupScores> result;
  std::optional<Progress> progress;
  if (options.progress && !groupings.empty())
    progress.emplace("subgroups", static_cast<std::int64_t>(groupings.size()), "groupings");
  auto quiet = options;
  quiet.progress = false;
  for (const auto& grouping : groupings) {
    std::map<std::string, std::vector<Prediction>, GroupOrder> members;
    for (const auto& p : test) {
      const auto found = grouping.groups.find(p.ecg_id);
      if (found == grouping.groups.end() || found->second.empty()) {
        members[kUnknown].push_back(p);
      } else {
        for (const auto& group : found->second) members[group].push_back(p);
      }
    }
    for (const auto& [group, predictions] : members)
      result.push_back(
          {grouping.name, group, score(make_prediction_table(predictions), thresholds, quiet)});
    if (progress) progress->advance();
  }
  return result;
}

}  // namespace ecg_lora::metrics
