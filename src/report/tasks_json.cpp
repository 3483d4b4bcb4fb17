#include <cmath>

#include "ecg_lora/report/tasks_report.h"
#include "format.h"

namespace ecg_lora::report {
namespace {

Json class_json(const metrics::TaskClass& c) {
  return {{"name", c.name},           {"offered", c.offered}, {"gold", c.gold},
          {"predicted", c.predicted}, {"hits", c.hits},       {"f1", estimate_json(c.f1)}};
}

Json task_json(const metrics::TaskScores& s) {
  const auto& metrics = metrics::metrics_of(s.kind);
  Json values = Json::object(), baselines = Json::array(), classes = Json::array();
  for (std::size_t m = 0; m < metrics.size(); ++m)
    values[metrics[m].key] = estimate_json(s.metrics[m]);
  for (const auto& baseline : s.baselines) {
    Json one = Json::object();
    for (std::size_t m = 0; m < metrics.size(); ++m)
      one[metrics[m].key] = number_json(baseline.values[m]);
    baselines.push_back(
        {{"name", baseline.name}, {"definition", baseline.definition}, {"metrics", one}});
  }
  for (const auto& c : s.classes) classes.push_back(class_json(c));
  return {{"task", s.task},
          {"type", s.type},
          {"kind", metrics::name_of(s.kind)},
          {"questions", s.questions},
          {"records", s.records},
          {"patients", s.patients},
          {"unanswered", s.unanswered},
          {"unparsed", s.unparsed},
          {"metrics", values},
          {"baselines", baselines},
          {"classes", classes},
          {"absent_classes", s.absent_classes()}};
}

Json pulse_json(const metrics::PulseScores& s) {
  Json values = Json::object();
  for (const auto& [key, value] : s.values)
    values[key] = std::isnan(value) ? Json("NaN") : Json(value);
  return {{"task", s.task}, {"answers", s.answers}, {"drawn_by_lot", s.drawn}, {"values", values}};
}

}  // namespace

Json tasks_json(const TasksReport& report, const Provenance& provenance) {
  Json counts = Json::object(), tasks = Json::array();
  for (const auto& notice : provenance.notices) counts[notice.key] = notice.count;
  for (const auto& s : report.scores) tasks.push_back(task_json(s));
  Json json{{"version", 3},
            {"score", provenance.score},
            {"sample", provenance.sample},
            {"tasks", tasks},
            {"counts", counts},
            {"intervals", intervals_text(report.intervals)},
            {"provenance", provenance.details}};
  if (!report.pulse.empty()) {
    Json pulse = Json::array();
    for (const auto& s : report.pulse) pulse.push_back(pulse_json(s));
    json["compat_pulse"] = {{"mark", kPulseMark}, {"tasks", pulse}};
  }
  return json;
}

}  // namespace ecg_lora::report
