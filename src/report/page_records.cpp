// Subgroups, worst errors, provenance.
#include <algorithm>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "format.h"
#include "page_parts.h"
#include "plot.h"

namespace ecg_lora::report {
namespace {

using metrics::Metric;

/// From 0.5 where every interval is above chance, else from 0.
double axis_low(const metrics::Evaluation& evaluation) {
  for (const auto& g : evaluation.groups) {
    const auto& auroc = g.scores.macro[Metric::auroc];
    if (std::min(auroc.value.value_or(1), auroc.low.value_or(1)) < 0.5) return 0;
  }
  return 0.5;
}

/// Sorts "10" behind "9".
std::string group_key(const std::string& group) {
  const bool number = !group.empty() && group.find_first_not_of("0123456789") == std::string::npos;
  return number ? std::string(group.size() < 6 ? 6 - group.size() : 0, '0') + group : group;
}

Row group_row(const metrics::GroupScores& g, double low, double mark) {
  const auto& macro = g.scores.macro;
  const auto& auroc = macro[Metric::auroc];
  return {
      {{escape(g.group) +
            (g.small() ? cat(" <span class=\"warn\">under ", metrics::kSmallGroup, "</span>") : ""),
        group_key(g.group)},
       number_cell(static_cast<double>(g.scores.records), 0),
       number_cell(static_cast<double>(g.scores.patients), 0),
       number_cell(static_cast<double>(g.scores.defined_labels), 0),
       {interval_bar(auroc.value, auroc.low, auroc.high, low, 1, mark),
        auroc.value ? cat(*auroc.value) : "", "wide"},
       estimate_cell(auroc),
       estimate_cell(macro[Metric::average_precision]),
       estimate_cell(macro[Metric::f1]),
       estimate_cell(macro[Metric::brier])}};
}

/// The groups of one grouping; those too small to judge are folded away where they are many.
std::string groups_table(const metrics::Evaluation& evaluation, const std::string& grouping) {
  const double low = axis_low(evaluation),
               mark = evaluation.scores.macro[Metric::auroc].value.value_or(0.5);
  const std::vector<Column> columns{
      {grouping, "", false},
      {"records"},
      {"patients"},
      {"labels", "labels with both classes in the group; the means are over these"},
      {cat("macro AUROC, ", low, " to 1"), "dot: value; bar: 95 % interval; dashed: all records",
       false},
      {"AUROC"},
      {"AP"},
      {"F1"},
      {"Brier"}};
  std::vector<Row> rows, small;
  for (const auto& g : evaluation.groups)
    if (g.grouping == grouping) (g.small() ? small : rows).push_back(group_row(g, low, mark));
  const auto caption = "scores by " + grouping;
  if (small.size() <= 5) {
    rows.insert(rows.end(), small.begin(), small.end());
    return html_table(columns, rows, true, caption);
  }
  return (rows.empty() ? "" : html_table(columns, rows, true, caption)) +
         cat("<details><summary>", small.size(), " groups of fewer than ", metrics::kSmallGroup,
             " records, too few to judge</summary>", html_table(columns, small, true, caption),
             "</details>\n");
}

std::string error_card(const metrics::WorstError& e, const PageOptions& options) {
  std::string html =
      cat("<article class=\"error\"><h3>Record ", e.ecg_id, " <span>", escape(e.label),
          e.gold ? " present" : " absent", ", P = ", fixed(e.probability), "</span></h3>\n");
  if (!e.question.empty()) html += "<p>" + escape(e.question) + "</p>\n";
  if (!e.answer.empty()) html += "<p class=\"quote\">" + escape(e.answer) + "</p>\n";
  html += cat("<p class=\"facts\">has <b>", escape(e.has.empty() ? "none" : joined(e.has)),
              "</b> · called <b>", escape(e.called.empty() ? "none" : joined(e.called)),
              "</b> · patient ", e.patient_id, " · threshold ", fixed(e.threshold), "</p>\n");
  if (options.png)
    if (const auto png = options.png(e.ecg_id); !png.empty())
      html += cat("<img alt=\"ECG page of record ", e.ecg_id, "\" src=\"", data_url(png), "\">\n");
  return html + "</article>\n";
}

/// Nested values as "a.b" and text.
void flatten(const Json& json, const std::string& path, std::string& html) {
  if (json.is_object()) {
    for (const auto& [key, value] : json.items())
      flatten(value, path.empty() ? key : path + "." + key, html);
    return;
  }
  html += "<dt>" + escape(path) + "</dt><dd>" +
          escape(json.is_string() ? json.get<std::string>() : json.dump()) + "</dd>\n";
}

}  // namespace

std::string groups_part(const metrics::Evaluation& evaluation) {
  std::string html, last;
  for (const auto& g : evaluation.groups) {
    if (g.grouping == last) continue;
    last = g.grouping;
    html += "<h3>" + escape(g.grouping) + "</h3>\n" + groups_table(evaluation, g.grouping);
  }
  return section("groups", "Subgroups",
                 "With the thresholds of the whole test set. The dashed line is the macro AUROC of "
                 "all records. Means over other labels are not comparable: a group that lacks one "
                 "class of a label leaves it out. "
                 "Intervals are not adjusted for the number of groups.",
                 html);
}

std::string errors_part(const metrics::Evaluation& evaluation, const PageOptions& options) {
  std::string html;
  for (const auto& e : evaluation.worst) html += error_card(e, options);
  if (html.empty()) return "";
  return section(
      "errors", "Worst errors",
      "The records with the probability farthest from the reference, one label each. Some "
      "may be errors of the reference.",
      "<div class=\"errors\">\n" + html + "</div>\n");
}

std::string fact_list(const Json& facts) {
  std::string html;
  flatten(facts, "", html);
  return "<dl>\n" + html + "</dl>\n";
}

std::string provenance_part(const metrics::Evaluation& evaluation, const Provenance& provenance) {
  Json facts = provenance.details;
  facts.update(
      {{"folds", provenance.folds},
       {"thresholds", evaluation.rule.describe()},
       {"intervals",
        {{"resamples", evaluation.intervals.resamples}, {"seed", evaluation.intervals.seed}}}});
  return section("provenance", "Provenance",
                 "What these figures were computed from. scores.json holds the same, and every "
                 "number on this page.",
                 fact_list(facts));
}

}  // namespace ecg_lora::report
