#include "task_groups.h"

#include <algorithm>
#include <map>

namespace ecg_lora::metrics {

std::vector<TaskGroup> task_groups(const std::vector<TaskAnswer>& answers) {
  std::vector<TaskGroup> wholes;
  for (const auto& a : answers) {
    auto found = std::find_if(wholes.begin(), wholes.end(), [&](const TaskGroup& g) {
      return g.task == a.task && g.kind == a.kind;
    });
    if (found == wholes.end()) found = wholes.insert(wholes.end(), {a.task, "", a.kind, {}});
    found->answers.push_back(a);
  }
  std::stable_sort(wholes.begin(), wholes.end(), [&](const TaskGroup& a, const TaskGroup& b) {
    const auto first = [&](const std::string& task) {
      return std::find_if(answers.begin(), answers.end(),
                          [&](const auto& x) { return x.task == task; });
    };
    return first(a.task) < first(b.task);
  });
  std::vector<TaskGroup> result;
  for (auto& whole : wholes) {
    std::map<std::string, TaskGroup> types;
    for (const auto& a : whole.answers) {
      auto& type = types.try_emplace(a.type, TaskGroup{a.task, a.type, a.kind, {}}).first->second;
      type.answers.push_back(a);
    }
    result.push_back(std::move(whole));
    if (types.size() < 2) continue;
    for (auto& [name, type] : types) {
      if (name.empty()) type.type = "other";
      result.push_back(std::move(type));
    }
  }
  return result;
}

std::vector<std::size_t> task_patients(const std::vector<TaskAnswer>& answers, std::size_t& count) {
  std::map<std::string, std::size_t> number;
  std::vector<std::size_t> result;
  for (const auto& a : answers)
    result.push_back(number
                         .emplace(a.patient.empty() ? "record " + a.record : "patient " + a.patient,
                                  number.size())
                         .first->second);
  count = number.size();
  return result;
}

}  // namespace ecg_lora::metrics
