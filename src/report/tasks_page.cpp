#include <cmath>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/report/tasks_report.h"
#include "format.h"
#include "html.h"
#include "page_parts.h"
#include "plot.h"
#include "worst_answers.h"

namespace ecg_lora::report {
namespace {

std::string title_of(const metrics::TaskScores& s) {
  return s.task + " · " + metrics::name_of(s.kind);
}

/// The groups that are whole tasks; their types follow each in `scores`.
std::vector<const metrics::TaskScores*> wholes(const TasksReport& report) {
  std::vector<const metrics::TaskScores*> result;
  for (const auto& s : report.scores)
    if (s.type.empty()) result.push_back(&s);
  return result;
}

std::string cards(const TasksReport& report) {
  std::string html = "<div class=\"cards\">\n";
  for (const auto* s : wholes(report)) {
    const auto& metric = metrics::metrics_of(s->kind)[0];
    std::string below = cat(s->questions, " questions, ", s->unparsed + s->unanswered, " not read");
    for (const auto& baseline : s->baselines)
      if (baseline.values[0]) below += ", " + baseline.name + " " + fixed(baseline.values[0]);
    html += card(s->task + ": " + metric.title, s->metrics[0], below);
  }
  return html + "</div>\n";
}

Row baseline_row(const metrics::TaskBaseline& baseline) {
  Row row{{{escape(baseline.name) + " <small>baseline</small>"},
           {"", "", "num"},
           {"", "", "num"},
           {"", "", "num"},
           {"", "", "wide"}}};
  for (const auto& value : baseline.values) row.cells.push_back(number_cell(value));
  return row;
}

std::string scores_table_of(const TasksReport& report, const metrics::TaskScores& whole) {
  const auto& metrics = metrics::metrics_of(whole.kind);
  std::vector<Column> columns{{"questions asked", "", false},
                              {"n", "questions"},
                              {"pages", "records"},
                              {"not read", "answers that cannot be read, or are missing; wrong"},
                              {cat(metrics[0].title, ", 0 to 1"), metrics[0].definition, false}};
  for (const auto& metric : metrics) columns.push_back({metric.title, metric.definition, true});
  std::vector<Row> rows;
  for (const auto& s : report.scores) {
    if (s.task != whole.task || s.kind != whole.kind) continue;
    const auto& main = s.metrics[0];
    Row row{{{s.type.empty() ? "all" : escape(s.type), s.type},
             number_cell(static_cast<double>(s.questions), 0),
             number_cell(static_cast<double>(s.records), 0),
             number_cell(static_cast<double>(s.unparsed + s.unanswered), 0),
             {interval_bar(main.value, main.low, main.high, 0, 1,
                           whole.baselines.front().values[0].value_or(0)),
              "", "wide"}},
            s.type.empty() ? "strong" : ""};
    for (const auto& e : s.metrics) row.cells.push_back(estimate_cell(e));
    rows.push_back(std::move(row));
  }
  for (const auto& baseline : whole.baselines) rows.push_back(baseline_row(baseline));
  std::string notes;
  for (const auto& metric : metrics)
    notes += escape(std::string(metric.title) + ": " + metric.definition + ". ");
  for (const auto& baseline : whole.baselines)
    notes += escape(baseline.name + ": " + baseline.definition + ". ");
  return html_table(columns, rows, true, "scores of " + whole.task) +
         "<details class=\"print\"><summary>What the figures mean</summary><p class=\"note\">" +
         notes + "</p></details>\n";
}

std::string classes_table(const metrics::TaskScores& s) {
  if (s.classes.empty()) return "";
  const std::vector<Column> columns{{"answer", "", false},
                                    {"offered", "questions that offer it"},
                                    {"right", "questions for which it is right"},
                                    {"called", "answers that call it"},
                                    {"hits", "called and right"},
                                    {"F1, 0 to 1", "dot: value; bar: 95 % interval", false},
                                    {"F1"}};
  std::vector<Row> rows;
  for (const auto& c : s.classes) {
    const auto count = [](std::int64_t n) { return number_cell(static_cast<double>(n), 0); };
    rows.push_back({{{escape(c.name), c.name},
                     count(c.offered),
                     count(c.gold),
                     count(c.predicted),
                     count(c.hits),
                     {c.gold > 0 ? interval_bar(c.f1.value, c.f1.low, c.f1.high, 0, 1, 0.5)
                                 : "<span class=\"warn\">never right</span>",
                      c.f1.value ? cat(*c.f1.value) : "", "wide"},
                     estimate_cell(c.f1)}});
  }
  constexpr std::size_t many = 12;
  const auto table = html_table(columns, rows, true, "answers of " + s.task);
  return rows.size() <= many ? table
                             : cat("<details class=\"print\"><summary>F1 of each of ", rows.size(),
                                   " answers</summary>", table, "</details>\n");
}

std::string task_part(const TasksReport& report, const metrics::TaskScores& s, std::size_t number) {
  std::string lead =
      cat(s.questions, " questions on ", s.records, " pages of ", s.patients, " patients; ",
          s.unparsed, " unreadable and ", s.unanswered, " missing answers count as wrong.");
  std::string note;
  if (const auto absent = s.absent_classes(); !absent.empty() && absent.size() <= 40)
    note = "<p class=\"note\">Never right, and left out of macro means: " + escape(joined(absent)) +
           ".</p>\n";
  return section(cat("task", number), title_of(s), lead,
                 scores_table_of(report, s) + classes_table(s) + note + worst_answers(report, s));
}

std::string pulse_part(const TasksReport& report) {
  if (report.pulse.empty()) return "";
  const std::vector<Column> columns{
      {"task", "", false}, {"answers"}, {"drawn by lot"},
      {"accuracy"},        {"F1"},      {"AUC", "balanced accuracy, in truth"},
      {"Hamming loss"}};
  std::vector<Row> rows;
  for (const auto& s : report.pulse) {
    const auto cell = [&](const char* key) -> Cell {
      const auto found = s.values.find(key);
      if (found == s.values.end()) return {"–", "", "num"};
      return {std::isnan(found->second) ? "NaN" : fixed(100 * found->second, 1), "", "num"};
    };
    rows.push_back({{{escape(s.task), s.task},
                     number_cell(static_cast<double>(s.answers), 0),
                     number_cell(static_cast<double>(s.drawn), 0),
                     cell("accuracy"),
                     cell("f1"),
                     cell("auc"),
                     cell("hamming_loss")}});
  }
  return section("compat", "Compat PULSE: the published ECGBench scorer", kPulseMark,
                 "<div class=\"banner\">Not this program's scores</div>\n" +
                     html_table(columns, rows, false, "scores of the published scorer, percent"));
}

}  // namespace

std::string tasks_page(const TasksReport& report, const Provenance& provenance) {
  std::string links, parts;
  std::size_t number = 0;
  for (const auto* s : wholes(report)) {
    links += cat("<a href=\"#task", ++number, "\">", escape(title_of(*s)), "</a>");
    parts += task_part(report, *s, number);
  }
  Json facts = provenance.details;
  facts.update({{"intervals",
                 {{"resamples", report.intervals.resamples}, {"seed", report.intervals.seed}}}});
  const auto header =
      cat("<header>\n<h1>", escape(report.title), "</h1>\n<p class=\"facts\">",
          escape(provenance.score),
          "</p>\n<p class=\"facts\">Intervals: ", escape(intervals_text(report.intervals)),
          "</p>\n<p class=\"facts\">Research use; not a medical device.</p>\n<nav "
          "aria-label=\"sections\">",
          links, report.pulse.empty() ? "" : "<a href=\"#compat\">Compat PULSE</a>",
          "<a href=\"#provenance\">Provenance</a></nav>\n</header>\n", banners(provenance, {}));
  return html_page(report.title, header + cards(report) + parts + pulse_part(report) +
                                     section("provenance", "Provenance",
                                             "What these figures were computed from. scores.json "
                                             "holds the same, and every number on this page.",
                                             fact_list(facts)));
}

}  // namespace ecg_lora::report
