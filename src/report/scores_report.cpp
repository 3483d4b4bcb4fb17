#include "ecg_lora/report/scores_report.h"

#include <sstream>

#include "ecg_lora/base/join.h"
#include "format.h"

namespace ecg_lora::report {
namespace {

using metrics::Metric;
constexpr std::array<Metric, 4> kTableMetrics{Metric::auroc, Metric::average_precision, Metric::f1,
                                              Metric::brier};

std::vector<std::string> cells(const metrics::PerMetric<metrics::Estimate>& estimates) {
  std::vector<std::string> result;
  for (const auto metric : kTableMetrics) result.push_back(estimate_text(estimates[metric]));
  return result;
}

std::string heading(const metrics::Evaluation& evaluation, const Provenance& provenance) {
  std::ostringstream out;
  out << provenance.folds << "\n";
  if (!provenance.sample.empty()) out << "SAMPLE ONLY: " << provenance.sample << "\n";
  out << evaluation.scores.records << " records of " << evaluation.scores.patients
      << " patients; 95 % intervals by jackknife over patients\n\n";
  return out.str();
}

std::string sets_line(const metrics::Scores& scores) {
  std::string line;
  for (std::size_t m = 0; m < metrics::kSetMetricCount; ++m)
    line += std::string(m == 0 ? "" : "; ") + metrics::kSetMetricInfos[m].title + " " +
            estimate_text(scores.sets[m]);
  return line;
}

std::string notices(const metrics::Scores& scores, const Provenance& provenance) {
  std::ostringstream out;
  if (const auto names = scores.one_class_labels(); !names.empty())
    out << "\n"
        << names.size() << " labels have records of " << scores.why_undefined()
        << ": their AUROC is undefined, and no macro mean counts them: " << joined(names) << "\n";
  if (const auto names = scores.labels_of_few(); !names.empty())
    out << "\n"
        << names.size() << " labels have fewer than " << metrics::kFewPatients
        << " patients with or without them: their intervals hold the true value less often than "
           "they "
           "say: "
        << joined(names) << "\n";
  if (scores.unanswered > 0)
    out << "\n"
        << scores.unanswered
        << " pairs of a record and a label have no answer; each label is scored on the records "
           "that have one\n";
  for (const auto& notice : provenance.notices)
    if (notice.count > 0) out << "\n" << notice.count << " " << notice.text << "\n";
  return out.str();
}

}  // namespace

std::string scores_table(const metrics::Evaluation& evaluation, const Provenance& provenance) {
  const auto& scores = evaluation.scores;
  Lines lines(14, 10, 22);
  std::vector<std::string> titles;
  for (const auto metric : kTableMetrics) titles.push_back(info(metric).title);
  lines.row("label", "positive", titles);
  lines.row("macro", std::to_string(scores.defined_labels) + " lab.", cells(scores.macro));
  for (const auto& label : scores.labels)
    lines.row(label.label, std::to_string(label.positives), cells(label.estimates));
  for (const auto& baseline : evaluation.baselines) {
    std::vector<std::string> values;
    for (const auto metric : kTableMetrics) values.push_back(fixed(baseline.macro[metric]));
    lines.row(baseline.name, "baseline", values);
  }
  return heading(evaluation, provenance) + lines.text() + "\n" + sets_line(scores) + "\n" +
         notices(scores, provenance);
}

}  // namespace ecg_lora::report
