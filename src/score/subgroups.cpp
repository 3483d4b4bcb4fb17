#include "ecg_lora/score/subgroups.h"

namespace ecg_lora::score {
namespace {

const std::string unknown = "unknown";

struct UnknownLast {
  bool operator()(const std::string& a, const std::string& b) const { return std::pair(a == unknown, a) < std::pair(b == unknown, b); }
};

}  // namespace

std::vector<GroupScores> score_groups(const std::vector<Prediction>& test, const Thresholds& thresholds, const std::vector<Division>& divisions,
                                      const BootstrapOptions& options) {
  std::vector<GroupScores> result;
  for (const auto& division : divisions) {
    std::map<std::string, std::vector<Prediction>, UnknownLast> members;
    for (const auto& p : test) {
      const auto found = division.groups.find(p.ecg_id);
      if (found == division.groups.end() || found->second.empty()) {
        members[unknown].push_back(p);
      } else {
        for (const auto& group : found->second) members[group].push_back(p);
      }
    }
    for (const auto& [group, predictions] : members) result.push_back({division.name, group, score(make_table(predictions), thresholds, options)});
  }
  return result;
}

}  // namespace ecg_lora::score
