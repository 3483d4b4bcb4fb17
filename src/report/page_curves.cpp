// Curves, calibration and confusion.
#include <algorithm>

#include "ecg_lora/base/error.h"
#include "format.h"
#include "page_parts.h"
#include "plot.h"

namespace ecg_lora::report {
namespace {

using metrics::Metric;
constexpr std::size_t kShownLabels = 12;

const metrics::LabelScores& scores_of(const metrics::Evaluation& evaluation,
                                      const std::string& label) {
  return *std::find_if(evaluation.scores.labels.begin(), evaluation.scores.labels.end(),
                       [&](const auto& l) { return l.label == label; });
}

std::string figure(const std::string& caption, const std::string& svg) {
  return "<figure><figcaption>" + caption + "</figcaption>" + svg + "</figure>\n";
}

std::string roc_figure(const metrics::LabelScores& l, const metrics::LabelCurves& curves) {
  SquarePlot plot{"1 − specificity", "sensitivity",
                  cat("ROC curve of ", l.label, ", AUROC ", fixed(l[Metric::auroc].value))};
  plot.line = curves.roc;
  plot.diagonal = true;
  plot.point = std::pair(1 - l[Metric::specificity].value.value_or(0),
                         l[Metric::sensitivity].value.value_or(0));
  return figure("<b>" + escape(l.label) + "</b> AUROC " + fixed(l[Metric::auroc].value),
                square_plot(plot));
}

std::string pr_figure(const metrics::LabelScores& l, const metrics::LabelCurves& curves) {
  SquarePlot plot{"sensitivity (recall)", "PPV (precision)",
                  cat("precision-recall curve of ", l.label, ", AP ",
                      fixed(l[Metric::average_precision].value))};
  plot.line = curves.precision_recall;
  plot.level = static_cast<double>(l.positives) / static_cast<double>(l.records);
  if (l[Metric::precision].value.value_or(0) > 0)
    plot.point = std::pair(*l[Metric::sensitivity].value, *l[Metric::precision].value);
  return figure("<b>" + escape(l.label) + "</b> AP " + fixed(l[Metric::average_precision].value),
                square_plot(plot));
}

/// Figures of the labels with most positives first; those beyond `shown_labels` are folded away.
std::string gallery(const metrics::Evaluation& evaluation,
                    const std::function<std::string(const metrics::LabelScores&,
                                                    const metrics::LabelCurves&)>& draw,
                    std::string first = "", std::size_t shown = kShownLabels) {
  std::vector<const metrics::LabelCurves*> order;
  for (const auto& curves : evaluation.curves) order.push_back(&curves);
  std::stable_sort(order.begin(), order.end(), [&](auto* a, auto* b) {
    return scores_of(evaluation, a->label).positives > scores_of(evaluation, b->label).positives;
  });
  std::string rest;
  for (std::size_t i = 0; i < order.size(); ++i)
    (i < shown ? first : rest) += draw(scores_of(evaluation, order[i]->label), *order[i]);
  if (first.empty()) return "";
  auto html = "<div class=\"plots\">\n" + first + "</div>\n";
  if (!rest.empty())
    html += cat("<details class=\"print\"><summary>", order.size() - shown,
                " further labels</summary><div class=\"plots\">\n", rest, "</div></details>\n");
  return html;
}

Row calibration_row(const std::string& name, const metrics::CalibrationScores& raw,
                    const metrics::CalibrationScores& temperature,
                    const metrics::CalibrationScores& platt) {
  Row row{{{escape(name), name}}};
  for (const auto member :
       {&metrics::CalibrationScores::brier, &metrics::CalibrationScores::calibration_error,
        &metrics::CalibrationScores::log_loss})
    for (const auto* scores : {&raw, &temperature, &platt})
      row.cells.push_back(number_cell(scores->*member));
  return row;
}

Row mean_row(const std::vector<metrics::LabelCalibration>& labels) {
  metrics::CalibrationScores sums[3];
  for (const auto& l : labels)
    for (int k = 0; k < 3; ++k) {
      const auto& s = k == 0 ? l.raw : k == 1 ? l.with_temperature : l.with_platt;
      const auto n = static_cast<double>(labels.size());
      sums[k].brier += s.brier / n, sums[k].calibration_error += s.calibration_error / n,
          sums[k].log_loss += s.log_loss / n;
    }
  auto row = calibration_row("mean", sums[0], sums[1], sums[2]);
  row.cells.insert(row.cells.begin() + 1, {{"", "", "num"}, {"", "", "num"}});
  row.style = "strong";
  return row;
}

std::string calibration_table(const metrics::Evaluation& evaluation) {
  std::vector<Column> columns{
      {"label", "", false},
      {"T", "temperature: probabilities become sigmoid(logit / T)"},
      {"Platt", "slope and offset: sigmoid(slope x logit + offset)", false}};
  for (const char* metric : {"Brier", "ECE", "log loss"})
    for (const char* kind : {"", ", T", ", Platt"}) columns.push_back({std::string(metric) + kind});
  std::vector<Row> rows{mean_row(evaluation.calibration)};
  const auto means = html_table(columns, rows, false, "calibration, mean over labels");
  for (const auto& c : evaluation.calibration) {
    auto row = calibration_row(c.label, c.raw, c.with_temperature, c.with_platt);
    const bool fitted = c.fitted_on > 0;
    row.cells.insert(
        row.cells.begin() + 1,
        {fitted ? number_cell(1 / c.temperature.slope, 2) : Cell{"not fitted", "", "num"},
         {fitted ? fixed(c.platt.slope, 2) + ", " + fixed(c.platt.offset, 2) : "", "", "num"}});
    rows.push_back(std::move(row));
  }
  const auto all = html_table(columns, rows, true, "calibration of each label");
  return evaluation.calibration.size() <= kShownLabels
             ? all
             : means + cat("<details class=\"print\"><summary>Each of ",
                           evaluation.calibration.size(), " labels</summary>", all, "</details>\n");
}

}  // namespace

std::string curves_part(const metrics::Evaluation& evaluation) {
  const auto roc = gallery(evaluation, roc_figure);
  if (roc.empty()) return "";
  return section(
      "curves", "ROC and precision-recall curves",
      "The labels with most positives first. The ring is the point at the chosen threshold; dashed "
      "is chance.",
      "<h3>ROC</h3>\n" + roc + "<h3>Precision-recall</h3>\n" + gallery(evaluation, pr_figure));
}

std::string calibration_part(const metrics::Evaluation& evaluation) {
  if (evaluation.calibration.empty()) return "";
  const auto draw = [](const metrics::LabelScores& l, const metrics::LabelCurves& curves) {
    return figure("<b>" + escape(l.label) + "</b> ECE " + fixed(l[Metric::calibration_error].value),
                  reliability_plot(curves.reliability, cat("reliability of ", l.label)));
  };
  const auto pooled =
      figure("<b>All labels together</b>",
             reliability_plot(evaluation.reliability, "reliability of all answers"));
  return section(
      "calibration", "Calibration",
      "Does 0.8 mean four of five? Dots show the share of positives among answers of like "
      "probability, with Wilson's 95 % intervals; bars at the foot count them (log scale). "
      "Temperature and Platt scaling are fitted on the validation folds and judged here on the "
      "test folds.",
      gallery(evaluation, draw, pooled, 3) + calibration_table(evaluation));
}

std::string cooccurrence_part(const metrics::Evaluation& evaluation) {
  if (evaluation.cooccurrence.labels.size() < 2) return "";
  return section("confusion", "What is called in place of what",
                 "Of the records that have the label of the row, the percentage called the label "
                 "of the column at its threshold. Off the diagonal only records without the "
                 "column's label count, so that labels "
                 "that go together are no error; the diagonal is sensitivity.",
                 heat_table(evaluation.cooccurrence));
}

}  // namespace ecg_lora::report
