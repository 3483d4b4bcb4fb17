// Head of the page, key figures, means and the table of labels.
#include <cmath>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "format.h"
#include "page_parts.h"
#include "plot.h"

namespace ecg_lora::report {
namespace {

using metrics::Metric;

std::string banner(const metrics::Evaluation& evaluation, const Provenance& provenance) {
  std::vector<std::string> items;
  if (evaluation.validation_records == 0)
    items.push_back(
        "no record of the validation folds has a prediction: every threshold is 0.5, and nothing "
        "is calibrated");
  if (evaluation.scores.unanswered > 0)
    items.push_back(cat(evaluation.scores.unanswered,
                        " pairs of a record and a label have no answer; each label is scored on "
                        "the records that have one"));
  return banners(provenance, items);
}

std::string against(const metrics::Evaluation& evaluation,
                    const std::function<std::optional<double>(const metrics::Baseline&)>& value) {
  std::string text;
  for (const auto& baseline : evaluation.baselines)
    if (const auto v = value(baseline))
      text += (text.empty() ? "" : ", ") + baseline.name + " " + fixed(v);
  return text;
}

Row means_row(const std::string& name, const metrics::PerMetric<metrics::Estimate>& estimates) {
  Row row{{{escape(name)}}, "strong"};
  for (const auto& e : estimates) row.cells.push_back(estimate_cell(e));
  return row;
}

std::vector<Column> metric_columns(const std::string& first) {
  std::vector<Column> columns{{first, "", false}};
  for (const auto& metric : metrics::kMetricInfos)
    columns.push_back({metric.title, metric.definition, true});
  return columns;
}

}  // namespace

Cell number_cell(std::optional<double> value, int digits) {
  return {value ? fixed(value, digits) : "–", value ? cat(*value) : "", "num"};
}

Cell estimate_cell(const metrics::Estimate& e, bool few) {
  auto cell = number_cell(e.value);
  if (e.low && e.high)
    cell.html +=
        "<small>" + fixed(e.low, 2) + "–" + fixed(e.high, 2) + (few ? " †" : "") + "</small>";
  return cell;
}

Cell difference_cell(const metrics::Difference& d) {
  auto cell = number_cell(d.value);
  if (d.value) cell.html = signed_text(d.value);
  if (d.low)
    cell.html += "<small>" + signed_text(d.low, 2) + " to " + signed_text(d.high, 2) + "</small>";
  return cell;
}

Cell p_cell(std::optional<double> p) {
  return {p ? escape(p_text(p)) : "–", p ? cat(*p) : "", "num"};
}

std::string banners(const Provenance& provenance, const std::vector<std::string>& counted) {
  std::string items, html;
  for (const auto& text : counted) items += "<li>" + escape(text) + "</li>";
  for (const auto& notice : provenance.notices)
    if (notice.count > 0) items += "<li>" + escape(cat(notice.count, " ", notice.text)) + "</li>";
  if (!provenance.sample.empty())
    html += "<div class=\"banner\">Sample only: " + escape(provenance.sample) + "</div>\n";
  if (provenance.folds.starts_with("NOT"))
    html += "<div class=\"banner\">" + escape(provenance.folds) + "</div>\n";
  return items.empty() ? html
                       : html + "<div class=\"banner\">Counted, and not passed over<ul>" + items +
                             "</ul></div>\n";
}

std::string card(const std::string& name, const metrics::Estimate& e, const std::string& below) {
  const auto interval = e.low && e.high ? fixed(e.low) + " to " + fixed(e.high) : "no interval";
  return cat("<div class=\"card\"><div class=\"k\">", escape(name), "</div><div class=\"v\">",
             fixed(e.value), "</div><div class=\"i\">", interval, "</div><div class=\"b\">",
             escape(below), "</div></div>\n");
}

std::string header_part(const metrics::Evaluation& evaluation, const Provenance& provenance,
                        const std::string& title) {
  const auto& s = evaluation.scores;
  return cat("<header>\n<h1>", escape(title), "</h1>\n<p class=\"facts\"><b>", s.records,
             "</b> records of <b>", s.patients, "</b> patients · <b>", s.labels.size(),
             "</b> labels, <b>", s.defined_labels, "</b> of them with both classes · ",
             escape(provenance.folds),
             "</p>\n<p class=\"facts\">Probabilities: ", escape(provenance.score),
             "</p>\n<p class=\"facts\">Thresholds: ", escape(evaluation.rule.describe()),
             " · intervals: ", escape(intervals_text(evaluation.intervals)),
             "</p>\n<p class=\"facts\">Research use; not a medical device.</p>\n",
             "<nav aria-label=\"sections\"><a href=\"#labels\">Labels</a><a "
             "href=\"#curves\">Curves</a><a href=\"#calibration\">Calibration</a><a "
             "href=\"#confusion\">Confusion</a><a href=\"#groups\">Subgroups</a>"
             "<a href=\"#errors\">Worst errors</a><a "
             "href=\"#provenance\">Provenance</a></nav>\n</header>\n",
             banner(evaluation, provenance));
}

std::string cards_part(const metrics::Evaluation& evaluation) {
  std::string html = "<div class=\"cards\">\n";
  for (const auto metric : {Metric::auroc, Metric::average_precision, Metric::f1, Metric::brier})
    html += card(std::string("Macro ") + info(metric).title, evaluation.scores.macro[metric],
                 against(evaluation, [&](const auto& b) { return b.macro[metric]; }));
  for (std::size_t m = 0; m < metrics::kSetMetricCount; ++m)
    html += card(metrics::kSetMetricInfos[m].title, evaluation.scores.sets[m],
                 against(evaluation, [&](const auto& b) { return b.sets[m]; }));
  return html + "</div>\n";
}

std::string means_part(const metrics::Evaluation& evaluation) {
  const auto& s = evaluation.scores;
  std::vector<Row> rows{
      means_row(cat("macro, ", s.defined_labels, " of ", s.labels.size(), " labels"), s.macro),
      means_row("weighted by positives, the same", s.weighted), means_row("micro", s.micro)};
  for (const auto& baseline : evaluation.baselines) {
    Row row{{{escape(baseline.name) + " <small>baseline, macro</small>"}}};
    for (const auto& value : baseline.macro) row.cells.push_back(number_cell(value));
    rows.push_back(std::move(row));
  }
  std::string notes;
  for (const auto& baseline : evaluation.baselines)
    notes += escape(baseline.name + ": " + baseline.definition + ". ");
  for (std::size_t m = 0; m < metrics::kSetMetricCount; ++m)
    notes += escape(std::string(metrics::kSetMetricInfos[m].title) + ": " +
                    metrics::kSetMetricInfos[m].definition + ". ");
  return section("means", "Means over labels",
                 "Macro and weighted means are taken over the labels that have both classes. Micro "
                 "takes all pairs of a record and a label as one label.",
                 html_table(metric_columns("mean"), rows, false, "means over labels") +
                     "<p class=\"note\">" + notes + "</p>\n");
}

namespace {

/// Which labels have no scores, and which have intervals that are too short.
std::string label_notes(const metrics::Scores& s) {
  std::string note;
  if (const auto names = s.one_class_labels(); !names.empty())
    note = "<p class=\"note\">O" + s.why_undefined().substr(1) +
           ", left out of macro and weighted means: " + escape(joined(names)) + ".</p>\n";
  if (const auto names = s.labels_of_few(); !names.empty())
    note +=
        cat("<p class=\"note\">†: of labels that fewer than ", metrics::kFewPatients,
            " patients have, or lack. Such intervals hold the true value less often than they say; "
            "do not rely on them: ",
            escape(joined(names)), ".</p>\n");
  return note;
}

}  // namespace

std::string labels_part(const metrics::Evaluation& evaluation) {
  const auto& s = evaluation.scores;
  std::vector<Column> columns{
      {"label", "", false},
      {"n", "records"},
      {"positive", "records that have the label"},
      {"AUROC, 0 to 1", "dot: value; bar: 95 % interval; dashed: chance", false}};
  for (const auto& metric : metrics::kMetricInfos)
    columns.push_back({metric.title, metric.definition, true});
  columns.push_back({"threshold", evaluation.rule.describe(), true});
  std::vector<Row> rows;
  for (const auto& l : s.labels) {
    const auto& auroc = l[Metric::auroc];
    Row row{{{escape(l.label), l.label},
             number_cell(static_cast<double>(l.records), 0),
             number_cell(static_cast<double>(l.positives), 0),
             {l.defined()     ? interval_bar(auroc.value, auroc.low, auroc.high, 0, 1, 0.5)
              : l.records > 0 ? "<span class=\"warn\">one class only</span>"
                              : "<span class=\"warn\">no answer</span>",
              auroc.value ? cat(*auroc.value) : "", "wide"}}};
    for (const auto& e : l.estimates) row.cells.push_back(estimate_cell(e, l.few()));
    row.cells.push_back(number_cell(l.threshold));
    rows.push_back(std::move(row));
  }
  return section("labels", "Labels",
                 "Click a heading to sort. Point on a heading for its definition. Perfect scores "
                 "have no interval: nothing says how far from perfect the true value is.",
                 html_table(columns, rows, true, "scores of each label") + label_notes(s));
}

}  // namespace ecg_lora::report
