#include <algorithm>
#include <cmath>

#include "ecg_lora/report/comparison_report.h"
#include "format.h"
#include "html.h"
#include "page_parts.h"
#include "plot.h"

namespace ecg_lora::report {
namespace {

using metrics::Metric;

std::vector<Column> metric_columns(Column first) {
  std::vector<Column> columns{std::move(first)};
  for (const auto& metric : metrics::kMetricInfos)
    columns.push_back({metric.title, metric.definition, true});
  return columns;
}

std::string runs_part(const ComparisonReport& report) {
  auto columns = metric_columns({"run", "", false});
  columns.insert(columns.begin() + 1, {{"records"}, {"macro AUROC, 95 %", "", false}});
  std::vector<Column> of_sets{{"run", "", false}};
  for (const auto& metric : metrics::kSetMetricInfos)
    of_sets.push_back({metric.title, metric.definition, true});
  std::vector<Row> rows, sets;
  for (const auto& run : report.runs) {
    const auto& auroc = run.scores.macro[Metric::auroc];
    const Cell name{escape(run.origin.name), run.origin.name};
    Row row{{name,
             number_cell(static_cast<double>(run.scores.records), 0),
             {interval_bar(auroc.value, auroc.low, auroc.high, 0, 1, 0.5),
              auroc.value ? cat(*auroc.value) : "", "wide"}}},
        set{{name}};
    for (const auto& e : run.scores.macro) row.cells.push_back(estimate_cell(e));
    for (const auto& e : run.scores.sets) set.cells.push_back(estimate_cell(e));
    rows.push_back(std::move(row)), sets.push_back(std::move(set));
  }
  return section("runs", "Runs",
                 "Macro means, and below them what counts all labels of a record together; each "
                 "run on all its own answers, with the thresholds of its own validation folds.",
                 html_table(columns, rows, true, "runs") +
                     html_table(of_sets, sets, true, "runs, all labels of a record together"));
}

/// Half the width of the axis on which differences of AUROC are drawn.
double reach(const metrics::LabelComparison& c) {
  double largest = 0.05;
  for (const auto& l : c.labels)
    if (l.delong) largest = std::max({largest, std::abs(l.delong->low), std::abs(l.delong->high)});
  return std::min(1.0, largest);
}

Row macro_row(const metrics::LabelComparison& c, double width) {
  const auto& auroc = c.macro[Metric::auroc];
  return {{{"macro"},
           {"", "", "num"},
           {interval_bar(auroc.value, auroc.low, auroc.high, -width, width, 0), "", "wide"},
           difference_cell(auroc),
           {"", "", "num"},
           {"", "", "num"},
           p_cell(auroc.p),
           difference_cell(c.macro[Metric::average_precision]),
           difference_cell(c.macro[Metric::f1]),
           difference_cell(c.macro[Metric::brier])},
          "strong"};
}

Row label_row(const metrics::LabelDifference& l, double width) {
  const auto& d = l.delong;
  return {{{escape(l.label), l.label},
           number_cell(static_cast<double>(l.positives), 0),
           {d ? interval_bar(d->difference, d->low, d->high, -width, width, 0)
              : "<span class=\"warn\">undefined</span>",
            d ? cat(d->difference) : "", "wide"},
           difference_cell(l.metrics[Metric::auroc]),
           p_cell(d ? std::optional(d->p) : std::nullopt),
           p_cell(l.p_holm),
           p_cell(l.metrics[Metric::auroc].p),
           difference_cell(l.metrics[Metric::average_precision]),
           difference_cell(l.metrics[Metric::f1]),
           difference_cell(l.metrics[Metric::brier])}};
}

std::string difference_part(const metrics::LabelComparison& c, std::size_t number) {
  const double width = reach(c);
  const std::vector<Column> columns{
      {"label", "", false},
      {"positive"},
      {cat("AUROC, −", fixed(width, 2), " to +", fixed(width, 2)),
       "DeLong's 95 % interval; of the macro row the jackknife's", false},
      {"AUROC", "difference with the interval by the jackknife"},
      {"p, DeLong"},
      {"p, Holm", "DeLong's p adjusted over the labels"},
      {"p, jackknife"},
      {"AP"},
      {"F1"},
      {"Brier", "negative is better"}};
  std::vector<Row> rows{macro_row(c, width)};
  for (const auto& l : c.labels) rows.push_back(label_row(l, width));
  std::string note;
  if (c.only_first + c.only_second > 0)
    note = cat("<p class=\"note\">", c.only_first, " pairs of a record and a label only in ",
               escape(c.first), ", ", c.only_second, " only in ", escape(c.second),
               ": left out.</p>\n");
  return section(cat("difference", number), c.second + " minus " + c.first,
                 cat("On the ", c.records, " records of ", c.patients,
                     " patients that both answer; right of the dashed line the second is better. "
                     "Of many labels some differ by chance: judge single labels by Holm's p."),
                 html_table(columns, rows, true, "differences") + note);
}

}  // namespace

std::string comparison_page(const ComparisonReport& report) {
  std::vector<RunOrigin> origins;
  for (const auto& run : report.runs) origins.push_back(counted_origin(run));
  auto body = compared_head(origins, "Thresholds: " + report.rule.describe() + " · intervals: " +
                                         intervals_text(report.intervals, true)) +
              runs_part(report);
  for (std::size_t i = 0; i < report.differences.size(); ++i)
    body += difference_part(report.differences[i], i + 1);
  return html_page("Comparison of runs", body);
}

std::string compared_head(const std::vector<RunOrigin>& runs, const std::string& how) {
  std::string html = cat("<header>\n<h1>Comparison of ", runs.size(),
                         " runs</h1>\n<p class=\"facts\">", escape(how), "</p>\n");
  std::string items;
  for (const auto& run : runs) {
    html += cat("<p class=\"facts\"><b>", escape(run.name), "</b>: ", escape(run.how), "</p>\n");
    if (!run.sample.empty())
      html += cat("<div class=\"banner\">Sample only: ", escape(run.name), ": ", escape(run.sample),
                  "</div>\n");
    for (const auto& notice : run.notices)
      if (notice.count > 0)
        items +=
            cat("<li>", escape(run.name), ": ", notice.count, " ", escape(notice.text), "</li>");
  }
  if (const auto notice = wording_notice(runs); !notice.empty())
    html += "<div class=\"banner\">" + escape(notice) + "</div>\n";
  if (!items.empty())
    html += "<div class=\"banner\">Counted, and not passed over<ul>" + items + "</ul></div>\n";
  return html + "<p class=\"facts\">Research use; not a medical device.</p>\n</header>\n";
}

}  // namespace ecg_lora::report
