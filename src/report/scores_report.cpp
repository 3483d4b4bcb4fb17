#include "ecg_lora/report/scores_report.h"

#include <iomanip>
#include <sstream>

namespace ecg_lora::report {
namespace {

Json estimate_json(const score::Estimate& e) {
  const auto number = [](const std::optional<double>& x) { return x ? Json(*x) : Json(nullptr); };
  return {{"value", number(e.value)}, {"low", number(e.low)}, {"high", number(e.high)}};
}

std::string estimate_text(const score::Estimate& e) {
  if (!e.value) return "undefined";
  std::ostringstream out;
  out << std::fixed << std::setprecision(3) << *e.value;
  if (e.low && e.high) out << " (" << *e.low << "-" << *e.high << ")";
  return out.str();
}

constexpr int name_width = 14, count_width = 10, value_width = 22;

void row(std::ostringstream& out, const std::string& name, const std::string& count, const std::vector<std::string>& values) {
  out << std::left << std::setw(name_width) << name << std::right << std::setw(count_width) << count;
  for (const auto& value : values) out << std::setw(value_width) << value;
  out << "\n";
}

}  // namespace

Json scores_json(const score::Scores& scores, const Provenance& provenance) {
  Json labels = Json::array();
  for (const auto& l : scores.labels)
    labels.push_back({{"label", l.label}, {"records", l.records}, {"positives", l.positives}, {"threshold", l.threshold}, {"auroc", estimate_json(l.auroc)},
                      {"average_precision", estimate_json(l.average_precision)}, {"f1", estimate_json(l.f1)}, {"brier", estimate_json(l.brier)}});
  return {{"score", "P(yes) from the likelihoods of the answer variants, softmax over yes and no"},
          {"folds", provenance.folds},
          {"sample", provenance.sample},
          {"records", scores.records},
          {"patients", scores.patients},
          {"macro", {{"labels", scores.defined_labels}, {"auroc", estimate_json(scores.auroc)}, {"average_precision", estimate_json(scores.average_precision)},
                     {"f1", estimate_json(scores.f1)}, {"brier", estimate_json(scores.brier)}}},
          {"labels", labels},
          {"intervals", "95 %, percentile bootstrap over patients"},
          {"provenance", provenance.details}};
}

std::string scores_table(const score::Scores& scores, const Provenance& provenance) {
  std::ostringstream out;
  out << provenance.folds << "\n";
  if (!provenance.sample.empty()) out << "SAMPLE ONLY: " << provenance.sample << "\n";
  out << scores.records << " records of " << scores.patients << " patients; 95 % intervals by bootstrap over patients\n\n";
  row(out, "label", "positive", {"AUROC", "AP", "F1", "Brier"});
  const auto values = [](const auto& s) {
    return std::vector<std::string>{estimate_text(s.auroc), estimate_text(s.average_precision), estimate_text(s.f1), estimate_text(s.brier)};
  };
  row(out, "macro", std::to_string(scores.defined_labels) + " lab.", values(scores));
  for (const auto& label : scores.labels) row(out, label.label, std::to_string(label.positives), values(label));
  if (scores.defined_labels < static_cast<std::int64_t>(scores.labels.size()))
    out << "\n" << static_cast<std::int64_t>(scores.labels.size()) - scores.defined_labels
        << " labels have records of one class only: their AUROC is undefined, and no macro mean counts them\n";
  return out.str();
}

}  // namespace ecg_lora::report
