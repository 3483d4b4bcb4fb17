// Curves of a training run, and its warnings.
#include <algorithm>
#include <map>

#include "curve_plot.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "format.h"
#include "html.h"
#include "training_parts.h"

namespace ecg_lora::report {
namespace {

constexpr std::size_t kShownWarnings = 30;

std::string figure(const std::string& caption, const std::string& svg) {
  return svg.empty() ? ""
                     : "<figure><figcaption>" + caption + "</figcaption>" + svg + "</figure>\n";
}

/// Every step faintly, and a running median over it.
std::vector<Curve> with_median(const metrics::Points& points) {
  const auto window = std::max<std::size_t>(5, points.size() / 40);
  return {{points, "raw"}, {smoothed(points, window), "a"}};
}

std::string loss_figure(const TrainingRun& run) {
  auto curves = with_median(series(run, "loss"));
  const auto validation = series(run, "validation_loss");
  curves.push_back({validation, "b", true});
  return figure(
      std::string("<b>Loss</b>, <span class=\"key-a\">training</span> with its running median") +
          (validation.empty() ? "" : ", <span class=\"key-b\">validation</span>"),
      curve_plot({"step", "loss over steps", curves, true}));
}

std::string auroc_figure(const TrainingRun& run) {
  const auto macro = series(run, "validation_auroc");
  if (macro.empty()) return "";
  std::map<std::string, metrics::Points> labels;
  for (const auto& line : run.metrics)
    if (line.contains("auroc"))
      for (const auto& [label, value] : line["auroc"].items())
        if (value.is_number())
          labels[label].emplace_back(line.at("step").get<double>(), value.get<double>());
  std::vector<Curve> curves;
  for (const auto& [label, points] : labels) curves.push_back({points, "raw"});
  curves.push_back({macro, "b", true});
  const auto names = joined(labels, [](const auto& label) {
    return escape(label.first) + " " + fixed(label.second.back().second);
  });
  return figure(
      "<b>Validation AUROC</b>, <span class=\"key-b\">mean</span> and each label (last: " + names +
          ")",
      curve_plot({"step", "validation AUROC over steps", curves}));
}

std::string plain(const TrainingRun& run, const std::string& key, const std::string& caption,
                  bool logarithmic = false) {
  const auto points = series(run, key);
  // Powers of ten tell little where the values span less than one or two.
  const auto [low, high] =
      std::minmax_element(points.begin(), points.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; });
  if (logarithmic && !points.empty() && high->second < 30 * low->second) logarithmic = false;
  return figure(caption, curve_plot({"step", key + " over steps", with_median(points), !logarithmic,
                                     logarithmic}));
}

std::string wait_figure(const TrainingRun& run) {
  metrics::Points share;
  for (const auto& line : run.metrics)
    if (line.contains("data_wait_s") && line.value("seconds", 0.0) > 0)
      share.emplace_back(line["step"].get<double>(),
                         100 * line["data_wait_s"].get<double>() / line["seconds"].get<double>());
  return figure("<b>Data wait</b>, % of a step",
                curve_plot({"step", "data wait over steps", with_median(share), true}));
}

}  // namespace

std::string run_curves_part(const TrainingRun& run) {
  const auto html =
      loss_figure(run) + auroc_figure(run) +
      figure("<b>Learning rate</b>",
             curve_plot({"step", "learning rate over steps", {{series(run, "lr"), "a"}}, true})) +
      plain(run, "grad_norm", "<b>Gradient norm</b>, before clipping", true) +
      plain(run, "samples_per_s", "<b>Throughput</b>, samples/s") +
      plain(run, "tokens_per_s", "<b>Throughput</b>, text tokens/s") + wait_figure(run) +
      plain(run, "memory_mib", "<b>Memory</b>, MiB");
  return section("curves", "Curves",
                 "Faint: each step; strong: a running median. metrics.jsonl holds every number.",
                 "<div class=\"curves\">\n" + html + "</div>\n");
}

std::string run_warnings_part(const TrainingRun& run) {
  std::vector<Row> rows;
  for (const auto& line : run.metrics)
    if (line.contains("warning")) {
      const auto kind = line.value("warning", "");
      const auto words = kind == "not_finite"   ? "not finite, skipped"
                         : kind == "loss_spike" ? "loss spike"
                         : kind == "all_masked" ? "nothing to learn"
                                                : kind;
      rows.push_back({{{std::to_string(line.at("step").get<std::int64_t>()),
                        std::to_string(line.at("step").get<std::int64_t>())},
                       {escape(words), words, "text"},
                       {escape(line.value("message", "")), "", "text"}}});
    }
  const std::vector<Column> columns{{"step"}, {"what", "", false}, {"message", "", false}};
  if (rows.empty())
    return section(
        "warnings", "Warnings",
        "None: no step was skipped, no loss stood out, every batch had something to learn.",
        "<p></p>");
  auto html = html_table(columns,
                         {rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(
                                                           std::min(rows.size(), kShownWarnings))},
                         true, "warnings");
  if (rows.size() > kShownWarnings)
    html += cat(
        "<details><summary>", rows.size() - kShownWarnings, " further warnings</summary>",
        html_table(columns, {rows.begin() + kShownWarnings, rows.end()}, true, "further warnings"),
        "</details>\n");
  return section("warnings", "Warnings and skipped steps", "In the order of the steps.", html);
}

}  // namespace ecg_lora::report
