#include <algorithm>
#include <sstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/report/comparison_report.h"
#include "format.h"

namespace ecg_lora::report {
namespace {

constexpr std::size_t kShownMetrics = 4;

std::vector<std::string> titles_of(metrics::AnswerKind kind) {
  std::vector<std::string> titles;
  for (const auto& metric : metrics::metrics_of(kind))
    if (titles.size() < kShownMetrics) titles.push_back(metric.title);
  return titles;
}

/// Of each whole task of a kind a line for each run.
std::string runs_block(const TaskComparisonReport& report, metrics::AnswerKind kind) {
  std::size_t width = 14;
  for (const auto& run : report.runs) width = std::max(width, run.origin.name.size() + 4);
  Lines lines(width, 11, 22);
  auto titles = titles_of(kind);
  titles.insert(titles.begin(), "not read");
  lines.row(metrics::name_of(kind), "questions", titles);
  std::vector<std::string> tasks;
  for (const auto& run : report.runs)
    for (const auto& s : run.scores)
      if (s.kind == kind && s.type.empty() &&
          std::find(tasks.begin(), tasks.end(), s.task) == tasks.end())
        tasks.push_back(s.task);
  for (const auto& task : tasks) {
    lines.row(task, "", {});
    for (const auto& run : report.runs)
      for (const auto& s : run.scores) {
        if (s.kind != kind || !s.type.empty() || s.task != task) continue;
        std::vector<std::string> values{std::to_string(s.unparsed + s.unanswered)};
        for (std::size_t m = 0; m + 1 < titles.size(); ++m)
          values.push_back(estimate_text(s.metrics[m]));
        lines.row("  " + run.origin.name, std::to_string(s.questions), values);
      }
  }
  return tasks.empty() ? "" : lines.text() + "\n";
}

std::string differences_block(const metrics::TaskComparison& c, metrics::AnswerKind kind) {
  std::size_t width = 14;
  for (const auto& d : c.tasks) width = std::max({width, d.task.size() + 2, d.type.size() + 4});
  Lines lines(width, 11, 34);
  auto titles = titles_of(kind);
  titles.push_back(titles[0] + ", p by Holm");
  if (kind != metrics::AnswerKind::text) titles.push_back("right in first, second alone");
  lines.row(metrics::name_of(kind), "questions", titles);
  bool any = false;
  for (const auto& d : c.tasks) {
    if (d.kind != kind) continue;
    any = true;
    std::vector<std::string> values;
    for (std::size_t m = 0; m < std::min(kShownMetrics, d.metrics.size()); ++m)
      values.push_back(difference_text(d.metrics[m]));
    values.push_back(d.p_holm ? p_text(d.p_holm) : "");
    if (kind != metrics::AnswerKind::text)
      values.push_back(cat(d.only_first_right, ", ", d.only_second_right));
    lines.row(d.type.empty() ? d.task : "  " + d.type, std::to_string(d.questions), values);
  }
  return any ? lines.text() + "\n" : "";
}

Json task_json(const metrics::TaskDifference& d) {
  Json metrics = Json::object();
  const auto& infos = metrics::metrics_of(d.kind);
  for (std::size_t m = 0; m < infos.size(); ++m)
    metrics[infos[m].key] = difference_json(d.metrics[m]);
  return {{"task", d.task},
          {"type", d.type},
          {"kind", metrics::name_of(d.kind)},
          {"questions", d.questions},
          {"records", d.records},
          {"patients", d.patients},
          {"metrics", metrics},
          {"right_only_in_first", d.only_first_right},
          {"right_only_in_second", d.only_second_right},
          {"p_holm", number_json(d.p_holm)}};
}

Json run_json(const ComparedTasks& run) {
  Json tasks = Json::array();
  for (const auto& s : run.scores) {
    Json metrics = Json::object();
    const auto& infos = metrics::metrics_of(s.kind);
    for (std::size_t m = 0; m < infos.size(); ++m)
      metrics[infos[m].key] = estimate_json(s.metrics[m]);
    tasks.push_back({{"task", s.task},
                     {"type", s.type},
                     {"kind", metrics::name_of(s.kind)},
                     {"questions", s.questions},
                     {"unparsed", s.unparsed},
                     {"unanswered", s.unanswered},
                     {"metrics", metrics}});
  }
  auto json = origin_json(run.origin, "score");
  json["tasks"] = tasks;
  return json;
}

}  // namespace

Json task_comparison_json(const TaskComparisonReport& report) {
  Json runs = Json::array(), differences = Json::array();
  for (const auto& run : report.runs) runs.push_back(run_json(run));
  for (const auto& c : report.differences) {
    Json tasks = Json::array();
    for (const auto& d : c.tasks) tasks.push_back(task_json(d));
    differences.push_back({{"first", c.first},
                           {"second", c.second},
                           {"questions_only_in_first", c.only_first},
                           {"questions_only_in_second", c.only_second},
                           {"tasks", tasks}});
  }
  return {{"version", 2},
          {"runs", runs},
          {"differences", differences},
          {"intervals", intervals_text(report.intervals, true)}};
}

std::string task_comparison_table(const TaskComparisonReport& report) {
  std::ostringstream out;
  for (const auto& run : report.runs) out << origin_text(run.origin);
  out << "\n";
  for (const auto kind : metrics::kAnswerKinds) out << runs_block(report, kind);
  for (const auto& c : report.differences) {
    out << c.second << " minus " << c.first << ", on the questions that both have\n\n";
    for (const auto kind : metrics::kAnswerKinds) out << differences_block(c, kind);
    if (c.only_first + c.only_second > 0)
      out << c.only_first << " questions only in " << c.first << ", " << c.only_second
          << " only in " << c.second << ": left out of the differences\n\n";
  }
  out << "Intervals and p: jackknife over patients, paired. Holm's p is of the first metric and "
         "holds for all tasks of a comparison at once; nothing is adjusted for the number of\n"
         "metrics, types of question or runs.\n";
  return out.str();
}

}  // namespace ecg_lora::report
