// Elementary findings: what a reader can say of a trace before any diagnosis.
#include <algorithm>
#include <cmath>

#include "ecg_lora/synthetic/conditions/conditions.h"

namespace ecg_lora::synthetic {
namespace {

constexpr double kQrsLimit = 0.12;  // s

/// A finding is a question with a sharp answer: the draws below leave a gap around each threshold.
struct Finding {
  const char* code;
  const char* description;
  bool rhythm;  ///< of the sequence of beats; otherwise of their form
  bool (*present)(const Morphology&);
};

QrsShape qrs(const Morphology& m, const char* lead) {
  return qrs_shape(m, lead);
}
bool inverted(const Morphology& m, const char* lead) {
  return in_lead(m.t_amplitude, lead) < -0.06;
}

double largest_qrs(const Morphology& m) {
  double largest = 0;
  for (const char* lead : {"I", "II", "III", "V2", "V5"}) {
    const QrsShape shape = qrs(m, lead);
    largest = std::max(largest, shape.highest - shape.lowest);
  }
  return largest;
}

const std::vector<Finding>& findings() {
  using M = const Morphology&;
  static const std::vector<Finding> kAll = {
      {"F_FAST", "more than 100 beats a minute", true, [](M m) { return m.heart_rate > 100; }},
      {"F_SLOW", "fewer than 55 beats a minute", true, [](M m) { return m.heart_rate < 55; }},
      {"F_UNEQUAL", "an irregular rhythm", true,
       [](M m) { return m.rr_irregularity > 0.1 || m.ectopic_beats > 0; }},
      {"F_P", "a small P wave before each QRS", true, [](M m) { return m.p_amplitude > 0; }},
      {"F_PQ_LONG", "a long distance from P to QRS", true,
       [](M m) { return m.p_amplitude > 0 && m.pr_interval > 0.21; }},
      {"F_EARLY", "an early broad beat", true, [](M m) { return m.ectopic_beats > 0; }},
      {"F_JAGGED", "a jagged baseline", true,
       [](M m) { return m.fibrillation > 0 || m.flutter > 0; }},
      {"F_WIDE", "a wide QRS", false, [](M m) { return m.qrs_duration > kQrsLimit; }},
      {"F_SMALL", "small QRS deflections", false, [](M m) { return largest_qrs(m) < 1.0; }},
      {"F_TALL_V5", "a tall QRS in V5", false, [](M m) { return qrs(m, "V5").highest > 1.3; }},
      {"F_DEEP_V2", "a deep S wave in V2", false, [](M m) { return qrs(m, "V2").lowest < -1.1; }},
      {"F_DOWN_I", "QRS mainly downward in I", false,
       [](M m) { return qrs(m, "I").main_deflection() < 0; }},
      {"F_DOWN_AVF", "QRS mainly downward in aVF", false,
       [](M m) { return qrs(m, "aVF").main_deflection() < 0; }},
      {"F_UP_V1", "QRS mainly upward in V1", false,
       [](M m) { return qrs(m, "V1").main_deflection() > 0; }},
      {"F_Q_III", "QRS that begins downward in III", false,
       [](M m) { return qrs(m, "III").starts_down; }},
      {"F_Q_V2", "QRS that begins downward in V2", false,
       [](M m) { return qrs(m, "V2").starts_down; }},
      {"F_LATE_V1", "a late second upward peak in V1", false,
       [](M m) { return qrs(m, "V1").late_peak; }},
      {"F_NOTCH", "a QRS with two summits in V5", false, [](M m) { return qrs(m, "V5").notched; }},
      {"F_ST_UP_II", "raised ST in II", false,
       [](M m) { return in_lead(m.st_level, "II") > 0.09; }},
      {"F_ST_UP_V2", "raised ST in V2 and V3", false,
       [](M m) { return in_lead(m.st_level, "V2") > 0.13; }},
      {"F_ST_DOWN_V5", "lowered ST in V5", false,
       [](M m) { return in_lead(m.st_level, "V5") < -0.07; }},
      {"F_T_DOWN_V6", "T wave upside down in I and V6", false,
       [](M m) { return inverted(m, "V6"); }},
      {"F_T_DOWN_AVF", "T wave upside down in aVF", false, [](M m) { return inverted(m, "aVF"); }},
      {"F_T_DOWN_V2", "T wave upside down in V2", false, [](M m) { return inverted(m, "V2"); }},
      {"F_T_TALL_V3", "a tall T wave in V3", false,
       [](M m) { return in_lead(m.t_amplitude, "V3") > 0.75; }},
      {"F_QT_LONG", "a T wave that ends late", false, [](M m) { return m.qtc > 0.46; }},
  };
  return kAll;
}

/// `high` if the coin falls so, else `low`; each a range.
struct Range {
  double from, to;
};
double draw(Random& r, double probability, Range high, Range low) {
  const Range& range = r.bernoulli(probability) ? high : low;
  return r.uniform(range.from, range.to);
}

void draw_rhythm(Morphology& m, Random& r) {
  const double rate = r.uniform();
  m.heart_rate = rate < 0.36   ? r.uniform(104, 155)
                 : rate < 0.68 ? r.uniform(36, 52)
                               : r.uniform(58, 96);
  m.rr_irregularity = draw(r, 0.27, {0.17, 0.27}, {0.008, 0.035});
  m.p_amplitude = r.bernoulli(0.52) ? r.uniform(0.1, 0.24) : 0;
  const double longest = std::min(0.36, 0.45 * m.rr());
  m.pr_interval = longest > 0.25 ? draw(r, 0.85, {0.24, longest}, {0.12, 0.18})
                                 : std::min(longest, r.uniform(0.12, 0.18));
  m.ectopic_beats = r.bernoulli(0.3) ? static_cast<double>(1 + r.uniform_int(4)) : 0;
  if (r.bernoulli(0.4)) {
    (r.bernoulli(0.75) ? m.fibrillation : m.flutter) = r.uniform(0.06, 0.17);
  }
  m.qtc = draw(r, 0.35, {0.49, 0.56}, {0.36, 0.43});
}

void draw_qrs(Morphology& m, Random& r) {
  m.qrs_duration = draw(r, 0.5, {0.132, 0.18}, {0.075, 0.106});
  m.frontal_axis = draw(r, 0.4, {-40, 90}, {-110, 170});
  const double size = r.uniform();
  const bool small = size < 0.25, large = size > 0.55;
  m.qrs_amplitude = small ? r.uniform(0.3, 0.5) : large ? r.uniform(1.9, 2.9) : r.uniform(0.9, 1.5);
  const double depth = small ? 0.25 : 1;
  m.septal = depth * r.uniform(-0.15, 0.25);
  m.anterior_forces = depth * draw(r, 0.5, {0.9, 1.7}, {0, 0.55});
  m.posterior_forces = depth * draw(r, 0.5, {1.0, 2.0}, {0, 0.7});
  const bool wide = m.qrs_duration > kQrsLimit;
  if (r.bernoulli(wide ? 0.45 : 0.2)) {
    m.terminal = {depth * draw(r, 0.7, {-0.7, -0.35}, {-0.2, 0.3}), depth * r.uniform(-0.3, 0.3),
                  depth * draw(r, 0.75, {0.6, 1.1}, {-0.4, 0.2})};
  } else if (wide && r.bernoulli(0.85)) {
    m.notch = r.uniform(0.75, 1);
  }
  if (r.bernoulli(0.25)) m.q_wave.inferior = depth * r.uniform(0.4, 0.75);
  if (r.bernoulli(0.28)) m.q_wave.anterior = depth * r.uniform(0.6, 1.2);
  if (r.bernoulli(0.15)) m.q_wave.lateral = depth * r.uniform(0.3, 0.6);
}

/// A level that is raised, lowered or neither.
double draw_level(Random& r, double raised, Range high, double lowered, Range low, Range neither) {
  const double coin = r.uniform();
  const Range& range = coin < raised ? high : coin < raised + lowered ? low : neither;
  return r.uniform(range.from, range.to);
}

void draw_st_t(Morphology& m, Random& r) {
  m.st_level.inferior = draw_level(r, 0.35, {0.16, 0.38}, 0.15, {-0.25, -0.1}, {-0.02, 0.03});
  m.st_level.anterior = draw_level(r, 0.35, {0.15, 0.4}, 0.2, {-0.25, -0.1}, {-0.02, 0.05});
  m.st_level.lateral = draw_level(r, 0.12, {0.12, 0.25}, 0.42, {-0.32, -0.14}, {-0.02, 0.03});
  m.t_amplitude.lateral = draw(r, 0.42, {-0.5, -0.2}, {0.15, 0.45});
  m.t_amplitude.inferior = draw(r, 0.42, {-0.5, -0.18}, {0.12, 0.45});
  m.t_amplitude.anterior = draw_level(r, 0.33, {0.78, 1.3}, 0.36, {-0.8, -0.22}, {0.18, 0.5});
  m.noise = {r.uniform(0.01, 0.08), r.uniform(0.003, 0.014), r.uniform(0, 0.005)};
}

}  // namespace

std::vector<std::string> findings_of(const Morphology& morphology) {
  std::vector<std::string> codes;
  for (const Finding& finding : findings()) {
    if (finding.present(morphology)) codes.emplace_back(finding.code);
  }
  return codes;
}

RecordingSpec draw_findings(Random& random) {
  RecordingSpec result;
  draw_rhythm(result.morphology, random);
  draw_qrs(result.morphology, random);
  draw_st_t(result.morphology, random);
  for (const Finding& finding : findings()) {
    if (!finding.present(result.morphology)) continue;
    result.codes.push_back({finding.code, 100});
    result.report += (result.report.empty() ? "" : "; ") + std::string(finding.description);
  }
  return result;
}

const std::vector<ptbxl::Statement>& finding_statements() {
  static const std::vector<ptbxl::Statement> kAll = [] {
    std::vector<ptbxl::Statement> rows;
    for (const Finding& f : findings())
      rows.push_back({f.code, f.description, false, !f.rhythm, f.rhythm, "", ""});
    return rows;
  }();
  return kAll;
}

}  // namespace ecg_lora::synthetic
