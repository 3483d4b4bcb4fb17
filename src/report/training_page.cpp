#include "ecg_lora/report/training_page.h"

#include <algorithm>
#include <cmath>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/memory.h"
#include "ecg_lora/base/progress.h"
#include "format.h"
#include "html.h"
#include "training_parts.h"

namespace ecg_lora::report {
namespace {

std::int64_t steps_done(const TrainingRun& run) {
  const auto steps = series(run, "lr");
  return steps.empty() ? 0 : static_cast<std::int64_t>(steps.back().first);
}

double sum(const metrics::Points& points) {
  double total = 0;
  for (const auto& point : points) total += point.second;
  return total;
}

std::string card(const std::string& key, const std::string& value, const std::string& below) {
  return cat("<div class=\"card\"><div class=\"k\">", escape(key), "</div><div class=\"v\">",
             escape(value), "</div><div class=\"b\">", escape(below), "</div></div>\n");
}

/// The best validation by `key`, and at which step.
std::string best_card(const TrainingRun& run, const std::string& key, const std::string& title,
                      bool lowest) {
  const auto points = series(run, key);
  if (points.empty()) return "";
  const auto better = [&](const auto& a, const auto& b) {
    return lowest ? a.second < b.second : a.second > b.second;
  };
  const auto best = *std::min_element(points.begin(), points.end(), better);
  return card(title, fixed(best.second, lowest ? 4 : 3),
              cat("best, after step ", static_cast<std::int64_t>(best.first), "; last ",
                  fixed(points.back().second, lowest ? 4 : 3)));
}

}  // namespace

metrics::Points series(const TrainingRun& run, const std::string& key) {
  metrics::Points points;
  for (const auto& line : run.metrics)
    if (const auto found = line.find(key);
        found != line.end() && found->is_number() && std::isfinite(found->get<double>()))
      points.emplace_back(line.at("step").get<double>(), found->get<double>());
  return points;
}

std::optional<double> middle(const metrics::Points& points) {
  if (points.empty()) return std::nullopt;
  std::vector<double> values;
  for (const auto& point : points) values.push_back(point.second);
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

std::string run_header_part(const TrainingRun& run) {
  const auto done = steps_done(run);
  const auto total = run.data.is_object() ? run.data.value("steps", done) : done;
  const auto warnings = std::count_if(run.metrics.begin(), run.metrics.end(),
                                      [](const Json& line) { return line.contains("warning"); });
  const auto skipped = std::count_if(run.metrics.begin(), run.metrics.end(),
                                     [](const Json& line) { return line.value("skipped", false); });
  auto html = cat("<h1>", escape(run.name), "</h1>\n<p class=\"facts\">Training of <b>",
                  escape(run.config.value("model", "")), "</b> · <b>", done, "</b> of ", total,
                  " steps · ", run.finished ? "finished" : "not finished", " · ",
                  format_duration(sum(series(run, "seconds"))), " in steps</p>\n");
  html +=
      "<nav><a href=\"#curves\">Curves</a><a href=\"#warnings\">Warnings</a><a "
      "href=\"#samples\">Sample pages</a><a href=\"#cost\">Cost</a><a href=\"#data\">Data</a><a "
      "href=\"#config\">Config</a></nav>\n";
  if (warnings > 0 || run.left_out > 0)
    html += cat("<div class=\"banner\">", warnings, " warnings, ", skipped, " steps skipped",
                run.left_out > 0 ? cat(", ", run.left_out, " samples left out") : "", "</div>\n");
  return html;
}

std::string run_cards_part(const TrainingRun& run) {
  const auto loss = series(run, "loss");
  const auto last =
      metrics::Points(loss.end() - std::min<std::ptrdiff_t>(20, std::ssize(loss)), loss.end());
  const auto seconds = sum(series(run, "seconds")), wait = sum(series(run, "data_wait_s"));
  const auto peak = series(run, "peak_memory_mib");
  std::string html = "<div class=\"cards\">\n";
  if (!loss.empty()) html += card("Loss", fixed(middle(last), 4), "median of the last 20 steps");
  html += best_card(run, "validation_loss", "Validation loss", true) +
          best_card(run, "validation_auroc", "Validation AUROC", false);
  if (const auto rate = middle(series(run, "samples_per_s")))
    html += card("Samples/s", fixed(rate, 1),
                 cat("median; ", fixed(middle(series(run, "tokens_per_s")), 0), " tokens/s"));
  if (seconds > 0)
    html += card("Data wait", fixed(100 * wait / seconds, 0) + " %", "of the time of all steps");
  if (!peak.empty()) {
    double most = 0;
    for (const auto& point : peak) most = std::max(most, point.second);
    html +=
        card("Memory", format_bytes(static_cast<std::int64_t>(most * (1 << 20))), "at the most");
  }
  return html + "</div>\n";
}

std::string training_page(const TrainingRun& run) {
  return html_page("Training run " + run.name, run_header_part(run) + run_cards_part(run) +
                                                   run_curves_part(run) + run_warnings_part(run) +
                                                   run_samples_part(run) + run_cost_part(run) +
                                                   run_data_part(run) + run_config_part(run));
}

}  // namespace ecg_lora::report
