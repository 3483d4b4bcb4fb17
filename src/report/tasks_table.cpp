#include <sstream>

#include "ecg_lora/base/join.h"
#include "ecg_lora/report/tasks_report.h"
#include "format.h"

namespace ecg_lora::report {
namespace {

constexpr std::size_t kShownMetrics = 6;

std::string name_of_group(const metrics::TaskScores& s) {
  return s.type.empty() ? s.task : "  " + s.type;
}

/// A block of lines for each kind, since kinds have other metrics.
std::string block(const TasksReport& report, metrics::AnswerKind kind) {
  const auto& metrics = metrics::metrics_of(kind);
  const auto count = std::min(kShownMetrics, metrics.size());
  std::size_t width = 14;
  for (const auto& s : report.scores) width = std::max(width, name_of_group(s).size() + 2);
  Lines lines(width, 11, 22);
  std::vector<std::string> titles{"unparsed"};
  for (std::size_t m = 0; m < count; ++m) titles.push_back(metrics[m].title);
  lines.row(metrics::name_of(kind), "questions", titles);
  bool any = false;
  for (const auto& s : report.scores) {
    if (s.kind != kind) continue;
    any = true;
    std::vector<std::string> values{
        cat(s.unparsed, s.unanswered > 0 ? cat(" + ", s.unanswered, " missing") : "")};
    for (std::size_t m = 0; m < count; ++m) values.push_back(estimate_text(s.metrics[m]));
    lines.row(name_of_group(s), std::to_string(s.questions), values);
    if (!s.type.empty()) continue;
    for (const auto& baseline : s.baselines) {
      values = {""};
      for (std::size_t m = 0; m < count; ++m) values.push_back(fixed(baseline.values[m]));
      lines.row("  " + baseline.name, "baseline", values);
    }
  }
  return any ? lines.text() + "\n" : "";
}

std::string pulse_block(const TasksReport& report) {
  if (report.pulse.empty()) return "";
  std::ostringstream out;
  out << kPulseMark << "\n";
  for (const auto& s : report.pulse) {
    out << "  " << s.task << ": " << s.answers << " answers, " << s.drawn << " drawn by lot";
    for (const auto& [key, value] : s.values) out << ", " << key << " " << fixed(100 * value, 1);
    out << "\n";
  }
  return out.str() + "\n";
}

}  // namespace

std::string tasks_table(const TasksReport& report, const Provenance& provenance) {
  std::ostringstream out;
  if (!provenance.sample.empty()) out << "SAMPLE ONLY: " << provenance.sample << "\n";
  out << provenance.score
      << "; what cannot be read is wrong; 95 % intervals by jackknife over patients\n\n";
  for (const auto kind : metrics::kAnswerKinds) out << block(report, kind);
  out << pulse_block(report);
  for (const auto& s : report.scores)
    if (const auto absent = s.absent_classes();
        s.type.empty() && !absent.empty() && absent.size() < s.classes.size())
      out << s.task << ": " << absent.size()
          << " options are never right, and no macro mean counts them: " << joined(absent) << "\n";
  for (const auto& notice : provenance.notices)
    if (notice.count > 0) out << notice.count << " " << notice.text << "\n";
  return out.str();
}

}  // namespace ecg_lora::report
