#include <algorithm>
#include <cmath>

#include "ecg_lora/base/error.h"
#include "format.h"
#include "html.h"
#include "page_parts.h"
#include "plot.h"

namespace ecg_lora::report {
namespace {

Cell count_cell(std::int64_t n) {
  return number_cell(static_cast<double>(n), 0);
}

/// A whole task, known by its name and kind.
using Task = std::pair<std::string, metrics::AnswerKind>;

std::vector<Task> tasks_of(const TaskComparisonReport& report) {
  std::vector<Task> tasks;
  for (const auto& run : report.runs)
    for (const auto& s : run.scores)
      if (const Task task{s.task, s.kind};
          std::find(tasks.begin(), tasks.end(), task) == tasks.end())
        tasks.push_back(task);
  return tasks;
}

std::string runs_table(const TaskComparisonReport& report, const Task& task) {
  const auto& metrics = metrics::metrics_of(task.second);
  std::vector<Column> columns{{"run", "", false},
                              {"questions"},
                              {"not read", "answers that cannot be read, or are missing; wrong"},
                              {cat(metrics[0].title, ", 0 to 1"), metrics[0].definition, false}};
  for (const auto& metric : metrics) columns.push_back({metric.title, metric.definition, true});
  std::vector<Row> rows;
  for (const auto& run : report.runs)
    for (const auto& s : run.scores) {
      if (Task{s.task, s.kind} != task || !s.type.empty()) continue;
      const auto& main = s.metrics[0];
      Row row{{{escape(run.origin.name), run.origin.name},
               count_cell(s.questions),
               count_cell(s.unparsed + s.unanswered),
               {interval_bar(main.value, main.low, main.high, 0, 1,
                             s.baselines.front().values[0].value_or(0)),
                main.value ? cat(*main.value) : "", "wide"}}};
      for (const auto& e : s.metrics) row.cells.push_back(estimate_cell(e));
      rows.push_back(std::move(row));
    }
  return html_table(columns, rows, true, "runs on " + task.first);
}

/// Half the width of the axis on which differences of a kind's first metric are drawn.
double reach(const metrics::TaskComparison& c, metrics::AnswerKind kind) {
  double largest = 0.05;
  for (const auto& d : c.tasks)
    if (d.kind == kind && d.metrics[0].low)
      largest = std::max({largest, std::abs(*d.metrics[0].low), std::abs(*d.metrics[0].high)});
  return std::min(1.0, largest);
}

Row difference_row(const metrics::TaskDifference& d, double width) {
  const auto& main = d.metrics[0];
  const auto name = d.type.empty() ? d.task : d.task + " · " + d.type;
  Row row{{{escape(name), name},
           count_cell(d.questions),
           count_cell(d.patients),
           {interval_bar(main.value, main.low, main.high, -width, width, 0),
            main.value ? cat(*main.value) : "", "wide"},
           p_cell(main.p),
           p_cell(d.p_holm)}};
  if (d.kind != metrics::AnswerKind::text)
    row.cells.push_back(count_cell(d.only_first_right)),
        row.cells.push_back(count_cell(d.only_second_right));
  for (const auto& metric : d.metrics) row.cells.push_back(difference_cell(metric));
  return row;
}

std::string differences_table(const metrics::TaskComparison& c, metrics::AnswerKind kind) {
  const auto& metrics = metrics::metrics_of(kind);
  const double width = reach(c, kind);
  std::vector<Column> columns{
      {"questions asked", "", false},
      {"n", "questions"},
      {"patients"},
      {cat(metrics[0].title, ", −", fixed(width, 2), " to +", fixed(width, 2)),
       "difference with its 95 % interval", false},
      {"p", cat("of ", metrics[0].title, ", jackknife")},
      {"p, Holm", "adjusted over the tasks"}};
  if (kind != metrics::AnswerKind::text)
    columns.push_back({"first only", "questions that the first run alone answers right"}),
        columns.push_back({"second only", "questions that the second run alone answers right"});
  for (const auto& metric : metrics)
    columns.push_back(
        {metric.title,
         cat(metric.definition, metric.higher_is_better ? "" : "; negative is better"), true});
  std::vector<Row> rows;
  for (const auto& d : c.tasks)
    if (d.kind == kind) rows.push_back(difference_row(d, width));
  return rows.empty()
             ? ""
             : cat("<h3>", metrics::name_of(kind), "</h3>\n",
                   html_table(columns, rows, true, cat("differences of ", metrics::name_of(kind))));
}

std::string difference_part(const metrics::TaskComparison& c, std::size_t number) {
  std::string tables;
  for (const auto kind : metrics::kAnswerKinds) tables += differences_table(c, kind);
  if (c.only_first + c.only_second > 0)
    tables += cat("<p class=\"note\">", c.only_first, " questions only in ", escape(c.first), ", ",
                  c.only_second, " only in ", escape(c.second), ": left out.</p>\n");
  return section(
      cat("difference", number), c.second + " minus " + c.first,
      "On the questions that both have; right of the dashed line the second is better. Holm's p "
      "holds for all tasks at once; types of question, metrics and runs are not adjusted for.",
      tables);
}

}  // namespace

std::string task_comparison_page(const TaskComparisonReport& report) {
  std::vector<RunOrigin> origins;
  for (const auto& run : report.runs) origins.push_back(run.origin);
  auto body = compared_head(origins, "What cannot be read is wrong · intervals: " +
                                         intervals_text(report.intervals, true));
  std::string tables;
  for (const auto& task : tasks_of(report))
    tables += cat("<h3>", escape(task.first), " · ", metrics::name_of(task.second), "</h3>\n",
                  runs_table(report, task));
  body += section("runs", "Runs",
                  "Each run on all its own answers; the dashed line is the random baseline, of "
                  "text the commonest answer.",
                  tables);
  for (std::size_t i = 0; i < report.differences.size(); ++i)
    body += difference_part(report.differences[i], i + 1);
  return html_page("Comparison of runs", body);
}

}  // namespace ecg_lora::report
