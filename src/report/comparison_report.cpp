#include "ecg_lora/report/comparison_report.h"

#include <sstream>

#include "format.h"

namespace ecg_lora::report {
namespace {

using metrics::Metric;
constexpr std::array<Metric, 4> kTableMetrics{Metric::auroc, Metric::average_precision, Metric::f1,
                                              Metric::brier};

Json metrics_json(const metrics::PerMetric<metrics::Difference>& metrics) {
  Json json = Json::object();
  for (std::size_t m = 0; m < metrics::kMetricCount; ++m)
    json[metrics::kMetricInfos[m].key] = difference_json(metrics[m]);
  return json;
}

Json label_json(const metrics::LabelDifference& l) {
  Json json{{"label", l.label},
            {"records", l.records},
            {"positives", l.positives},
            {"metrics", metrics_json(l.metrics)}};
  if (l.delong)
    json["auroc_delong"] = {{"difference", l.delong->difference},
                            {"low", l.delong->low},
                            {"high", l.delong->high},
                            {"p", l.delong->p},
                            {"p_holm", number_json(l.p_holm)}};
  return json;
}

Json comparison_json(const metrics::LabelComparison& c) {
  Json sets = Json::object(), labels = Json::array();
  for (std::size_t m = 0; m < metrics::kSetMetricCount; ++m)
    sets[metrics::kSetMetricInfos[m].key] = difference_json(c.sets[m]);
  for (const auto& l : c.labels) labels.push_back(label_json(l));
  return {{"first", c.first},
          {"second", c.second},
          {"records", c.records},
          {"patients", c.patients},
          {"pairs_only_in_first", c.only_first},
          {"pairs_only_in_second", c.only_second},
          {"macro", metrics_json(c.macro)},
          {"weighted", metrics_json(c.weighted)},
          {"micro", metrics_json(c.micro)},
          {"sets", sets},
          {"labels", labels}};
}

std::string runs_table(const ComparisonReport& report) {
  std::size_t width = 10;
  for (const auto& run : report.runs) width = std::max(width, run.origin.name.size() + 2);
  Lines lines(width, 10, 22);
  std::vector<std::string> titles;
  for (const auto metric : kTableMetrics)
    titles.push_back(std::string("macro ") + info(metric).title);
  lines.row("run", "records", titles);
  for (const auto& run : report.runs) {
    std::vector<std::string> values;
    for (const auto metric : kTableMetrics)
      values.push_back(estimate_text(run.scores.macro[metric]));
    lines.row(run.origin.name, std::to_string(run.scores.records), values);
  }
  return lines.text();
}

std::string differences_table(const metrics::LabelComparison& c) {
  Lines lines(14, 10, 34);
  std::vector<std::string> titles;
  for (const auto metric : kTableMetrics) titles.push_back(info(metric).title);
  titles.push_back("AUROC, DeLong p (Holm)");
  lines.row("label", "positive", titles);
  const auto row = [&](const std::string& name, const std::string& count,
                       const metrics::PerMetric<metrics::Difference>& metrics,
                       const std::string& delong) {
    std::vector<std::string> values;
    for (const auto metric : kTableMetrics) values.push_back(difference_text(metrics[metric]));
    values.push_back(delong);
    lines.row(name, count, values);
  };
  row("macro", "", c.macro, "");
  for (const auto& l : c.labels)
    row(l.label, std::to_string(l.positives), l.metrics,
        l.delong ? p_text(l.delong->p) + " (" + p_text(l.p_holm) + ")" : "undefined");
  return lines.text();
}

std::vector<RunOrigin> origins_of(const ComparisonReport& report) {
  std::vector<RunOrigin> origins;
  for (const auto& run : report.runs) origins.push_back(run.origin);
  return origins;
}

}  // namespace

Json comparison_json(const ComparisonReport& report) {
  Json runs = Json::array(), differences = Json::array();
  for (const auto& run : report.runs) {
    Json macro = Json::object();
    for (std::size_t m = 0; m < metrics::kMetricCount; ++m)
      macro[metrics::kMetricInfos[m].key] = number_json(run.scores.macro[m].value);
    auto json = origin_json(run.origin, "folds");
    json["wording"] = run.origin.wording.empty() ? Json() : Json(run.origin.wording);
    macro["labels"] = run.scores.defined_labels;
    json.update({{"records", run.scores.records},
                 {"macro", macro},
                 {"one_class_labels", run.scores.one_class_labels()},
                 {"pairs_without_answer", run.scores.unanswered}});
    runs.push_back(std::move(json));
  }
  for (const auto& c : report.differences) differences.push_back(comparison_json(c));
  const auto notice = wording_notice(origins_of(report));
  return {{"version", 2},
          {"runs", runs},
          {"notices", notice.empty() ? Json::array() : Json::array({notice})},
          {"differences", differences},
          {"thresholds", report.rule.describe()},
          {"intervals", intervals_text(report.intervals, true)}};
}

std::string comparison_table(const ComparisonReport& report) {
  std::ostringstream out;
  for (const auto& run : report.runs) out << origin_text(counted_origin(run));
  if (const auto notice = wording_notice(origins_of(report)); !notice.empty())
    out << "\n" << notice << "\n";
  out << "\n" << runs_table(report);
  for (const auto& c : report.differences) {
    out << "\n"
        << c.second << " minus " << c.first << ", on " << c.records << " records of " << c.patients
        << " patients that both answer\n\n"
        << differences_table(c);
    if (c.only_first + c.only_second > 0)
      out << "\n"
          << c.only_first << " pairs of a record and a label only in " << c.first << ", "
          << c.only_second << " only in " << c.second << ": left out of the differences\n";
  }
  out << "\nIntervals and p: jackknife over patients, paired. Of many labels some differ by "
         "chance: judge single labels by Holm's p, which holds for all labels of a comparison at "
         "once;\n"
         "nothing is adjusted for the number of metrics or runs.\n";
  return out.str();
}

}  // namespace ecg_lora::report
