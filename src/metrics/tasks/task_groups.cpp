#include "task_groups.h"

#include <algorithm>
#include <iterator>
#include <map>

namespace ecg_lora::metrics {

namespace {

/// All answers of each task and kind, the tasks in the order of their first answers.
std::vector<TaskGroup> whole_tasks(const std::vector<TaskAnswer>& answers) {
  std::vector<TaskGroup> wholes;
  for (const auto& a : answers) {
    auto found = std::find_if(wholes.begin(), wholes.end(), [&](const TaskGroup& g) {
      return g.task == a.task && g.kind == a.kind;
    });
    if (found == wholes.end()) found = wholes.insert(wholes.end(), {a.task, "", a.kind, {}});
    found->answers.push_back(a);
  }
  const auto first = [&](const std::string& task) {
    return std::find_if(answers.begin(), answers.end(),
                        [&](const auto& x) { return x.task == task; });
  };
  std::stable_sort(wholes.begin(), wholes.end(), [&](const TaskGroup& a, const TaskGroup& b) {
    return first(a.task) < first(b.task);
  });
  return wholes;
}

/// The answers of each type by its name; empty if there is one type only.
std::vector<TaskGroup> types_of(const TaskGroup& whole) {
  std::map<std::string, TaskGroup> types;
  for (const auto& a : whole.answers) {
    auto& type = types.try_emplace(a.type, TaskGroup{a.task, a.type, a.kind, {}}).first->second;
    type.answers.push_back(a);
  }
  std::vector<TaskGroup> result;
  if (types.size() < 2) return result;
  for (auto& [name, type] : types) {
    if (name.empty()) type.type = "other";
    result.push_back(std::move(type));
  }
  return result;
}

}  // namespace

std::vector<TaskGroup> task_groups(const std::vector<TaskAnswer>& answers) {
  std::vector<TaskGroup> result;
  for (auto& whole : whole_tasks(answers)) {
    auto types = types_of(whole);
    result.push_back(std::move(whole));
    std::move(types.begin(), types.end(), std::back_inserter(result));
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
