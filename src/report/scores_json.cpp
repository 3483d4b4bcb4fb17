#include "ecg_lora/report/scores_report.h"
#include "format.h"

namespace ecg_lora::report {
namespace {

void add_metrics(Json& json, const metrics::PerMetric<metrics::Estimate>& estimates) {
  for (std::size_t m = 0; m < metrics::kMetricCount; ++m)
    json[metrics::kMetricInfos[m].key] = estimate_json(estimates[m]);
}

void add_values(Json& json, const metrics::Values& values) {
  for (std::size_t m = 0; m < metrics::kMetricCount; ++m)
    json[metrics::kMetricInfos[m].key] = number_json(values[m]);
}

Json label_json(const metrics::LabelScores& l) {
  Json json{{"label", l.label},
            {"records", l.records},
            {"positives", l.positives},
            {"patients_with", l.patients_with},
            {"patients_without", l.patients_without},
            {"threshold", l.threshold}};
  add_metrics(json, l.estimates);
  if (l.delong)
    json["auroc_delong"] = {
        {"low", l.delong->low}, {"high", l.delong->high}, {"deviation", l.delong->deviation}};
  return json;
}

Json means_json(const metrics::PerMetric<metrics::Estimate>& estimates, std::int64_t labels) {
  Json json{{"labels", labels}};
  add_metrics(json, estimates);
  return json;
}

Json sets_json(const metrics::Scores& scores) {
  Json json = Json::object();
  for (std::size_t m = 0; m < metrics::kSetMetricCount; ++m)
    json[metrics::kSetMetricInfos[m].key] = estimate_json(scores.sets[m]);
  return json;
}

Json baseline_json(const metrics::Baseline& baseline) {
  Json macro = Json::object(), labels = Json::array();
  add_values(macro, baseline.macro);
  for (std::size_t m = 0; m < metrics::kSetMetricCount; ++m)
    macro[metrics::kSetMetricInfos[m].key] = number_json(baseline.sets[m]);
  for (std::size_t l = 0; l < baseline.labels.size(); ++l) {
    Json line{{"label", baseline.labels[l]}};
    add_values(line, baseline.of_label[l]);
    labels.push_back(line);
  }
  return {{"name", baseline.name},
          {"definition", baseline.definition},
          {"macro", macro},
          {"labels", labels}};
}

Json calibration_scores_json(const metrics::CalibrationScores& s) {
  return {{"brier", s.brier}, {"calibration_error", s.calibration_error}, {"log_loss", s.log_loss}};
}

Json calibration_json(const metrics::LabelCalibration& c) {
  return {{"label", c.label},
          {"fitted_on", c.fitted_on},
          {"temperature", 1 / c.temperature.slope},
          {"platt", {{"slope", c.platt.slope}, {"offset", c.platt.offset}}},
          {"raw", calibration_scores_json(c.raw)},
          {"with_temperature", calibration_scores_json(c.with_temperature)},
          {"with_platt", calibration_scores_json(c.with_platt)}};
}

Json reliability_json(const std::vector<metrics::ReliabilityBin>& bins) {
  Json json = Json::array();
  for (const auto& b : bins)
    json.push_back({{"low", b.low},
                    {"high", b.high},
                    {"count", b.count},
                    {"positives", b.positives},
                    {"mean_probability", b.count ? Json(b.mean_probability) : Json(nullptr)}});
  return json;
}

Json group_json(const metrics::GroupScores& g) {
  Json macro = means_json(g.scores.macro, g.scores.defined_labels), labels = Json::array();
  for (const auto& l : g.scores.labels)
    labels.push_back({{"label", l.label},
                      {"records", l.records},
                      {"positives", l.positives},
                      {"auroc", estimate_json(l[metrics::Metric::auroc])}});
  return {{"grouping", g.grouping},
          {"group", g.group},
          {"records", g.scores.records},
          {"patients", g.scores.patients},
          {"small", g.small()},
          {"macro", macro},
          {"labels", labels}};
}

template <class T, class F>
Json list(const std::vector<T>& items, F to_json) {
  Json json = Json::array();
  for (const auto& item : items) json.push_back(to_json(item));
  return json;
}

}  // namespace

Json scores_json(const metrics::Evaluation& evaluation, const Provenance& provenance) {
  const auto& scores = evaluation.scores;
  Json counts = Json::object();
  for (const auto& notice : provenance.notices) counts[notice.key] = notice.count;
  counts["pairs_without_answer"] = scores.unanswered;
  return {{"version", 3},
          {"score", provenance.score},
          {"folds", provenance.folds},
          {"sample", provenance.sample},
          {"records", scores.records},
          {"patients", scores.patients},
          {"validation_records", evaluation.validation_records},
          {"thresholds", evaluation.rule.describe()},
          {"macro", means_json(scores.macro, scores.defined_labels)},
          {"weighted", means_json(scores.weighted, scores.defined_labels)},
          {"micro", means_json(scores.micro, static_cast<std::int64_t>(scores.labels.size()))},
          {"sets", sets_json(scores)},
          {"labels", list(scores.labels, label_json)},
          {"one_class_labels", scores.one_class_labels()},
          {"labels_of_few_patients", scores.labels_of_few()},
          {"counts", counts},
          {"baselines", list(evaluation.baselines, baseline_json)},
          {"calibration", list(evaluation.calibration, calibration_json)},
          {"reliability", reliability_json(evaluation.reliability)},
          {"subgroups", list(evaluation.groups, group_json)},
          {"intervals", intervals_text(evaluation.intervals) +
                            "; auroc_delong: DeLong, over patients (Obuchowski)"},
          {"provenance", provenance.details}};
}

}  // namespace ecg_lora::report
