// Each condition of the virtual cohort shows, in the noisy trace and with whatever else the
// patient has, the change by which it is diagnosed; normal recordings do not show it.
#include <gtest/gtest.h>

#include "cohort.h"
#include "synthetic/reading.h"

namespace ecg_lora::synthetic {
namespace {

using testing::Reading;

constexpr int kExamples = 30;

/// A criterion, the share of the condition's recordings that must meet it, and of normal ones that
/// may.
struct Criterion {
  const char* code;
  bool (*met)(const Reading&);
  double at_least = 0.9, normal_at_most = 0.05;
};

bool premature(const Reading& r, bool wide) {
  const auto& rr = r.distances();
  for (std::size_t i = 0; i + 1 < rr.size(); ++i) {
    if (rr[i] > 0.84 * r.median_rr() || rr[i + 1] < 0.97 * r.median_rr()) continue;
    if ((r.likeness(i + 1) < 0.75) == wide) return true;
  }
  return false;
}

/// Whether every `length`-th distance is short: that of the premature beat from the one before.
bool has_pattern(const Reading& r, std::size_t length) {
  const auto& rr = r.distances();
  const double mean = 60 / r.rate();
  for (std::size_t first = 0; first < length; ++first) {
    bool holds = rr.size() > length;
    for (std::size_t i = 0; i < rr.size(); ++i)
      holds = holds && (rr[i] < 0.85 * mean) == (i % length == first);
    if (holds) return true;
  }
  return false;
}

bool is_qs(const Reading& r, const char* lead) {
  return r.early_r(lead) < 0.1 && r.s(lead) < -0.35;
}
/// A Q wave: down first by at least 0.1 mV.
bool has_q(const Reading& r, const char* lead) {
  return r.q(lead) < -0.1 && r.time_of_highest(lead, 0, 0.025) < 0.016;
}
double late_r(const Reading& r, const char* lead) {
  return r.highest(lead, 0.6 * r.width(), r.width() + 0.01);
}
double late_s(const Reading& r, const char* lead) {
  return r.lowest(lead, 0.55 * r.width(), r.width() + 0.01);
}
double p_high(const Reading& r, const char* lead) {
  return r.highest(lead, -r.p_lead_time() - 0.05, -r.p_lead_time() + 0.05);
}

const std::vector<Criterion>& criteria() {
  using R = const Reading&;
  static const std::vector<Criterion> kAll = {
      // Rhythm
      {"STACH", [](R r) { return r.rate() > 100 && r.rate() < 150 && r.variation() < 0.06; }},
      {"SBRAD", [](R r) { return r.rate() < 60 && r.has_p(); }},
      {"SARRH",
       [](R r) {
         const auto [low, high] = std::minmax_element(r.distances().begin(), r.distances().end());
         return *high - *low > 0.12 && r.has_p();
       }},
      {"AFIB", [](R r) { return r.variation() > 0.1 && r.rise("II", -0.25, -0.03) < 0.06; }},
      {"AFLT", [](R r) { return r.wave("aVF", 4.0, 5.6) > 0.06; }},
      {"SVTAC", [](R r) { return r.rate() > 150 && r.variation() < 0.03; }},
      {"PACE", [](R r) { return r.spikes() >= 8; }},
      // Ectopy
      {"PVC", [](R r) { return premature(r, true); }},
      {"PAC", [](R r) { return premature(r, false); }},
      {"BIGU", [](R r) { return has_pattern(r, 2); }},
      {"TRIGU", [](R r) { return has_pattern(r, 3); }},
      // Conduction
      {"1AVB", [](R r) { return r.p_lead_time() > 0.16 && r.has_p(); }},
      {"2AVB",
       [](R r) {
         const double longest = *std::max_element(r.distances().begin(), r.distances().end());
         const double half =
             r.median_rr() / 2;  // of two P waves to a QRS, one stands in the middle
         return longest > 1.3 * *std::min_element(r.distances().begin(), r.distances().end()) ||
                (r.rate() < 50 && r.rise("II", half - 0.23, half + 0.02) > 0.04);
       }},
      {"3AVB", [](R r) { return r.rate() < 50 && r.variation() < 0.06 && r.p_scatter() > 0.05; },
       0.75},
      {"CLBBB",
       [](R r) {
         return r.width() > 0.115 && r.early_r("V1") < 0.2 && r.s("V1") < -0.6 && r.r("V6") > 0.3 &&
                !has_q(r, "V6");
       }},
      {"CRBBB",
       [](R r) { return r.width() > 0.112 && late_r(r, "V1") > 0.25 && late_s(r, "V6") < -0.1; }},
      {"IRBBB",
       [](R r) { return r.width() < 0.125 && late_r(r, "V1") > 0.1 && late_s(r, "V6") < -0.08; }},
      {"LAFB",
       [](R r) {
         return r.axis() < -40 && r.early_r("III") > 0.05 && r.s("III") < -0.3 && r.r("aVL") > 0.25;
       }},
      {"LPFB",
       [](R r) {
         return r.axis() > 88 && r.early_r("I") > 0.03 && r.s("I") < -0.1 && r.r("III") > 0.4;
       }},
      {"IVCD", [](R r) { return r.width() > 0.114 && late_r(r, "V1") < 0.12; }},
      {"WPW", [](R r) { return r.upstroke() > 0.024; }},
      // Infarction
      {"IMI", [](R r) { return has_q(r, "III") && has_q(r, "aVF"); }},
      {"ASMI", [](R r) { return is_qs(r, "V2") && r.r("V6") > 0.3; }},
      {"AMI", [](R r) { return is_qs(r, "V2") && is_qs(r, "V3") && has_q(r, "V4"); }},
      {"ALMI", [](R r) { return is_qs(r, "V3") && has_q(r, "V5") && has_q(r, "I"); }},
      {"LMI", [](R r) { return has_q(r, "I") && has_q(r, "aVL") && has_q(r, "V6"); }},
      {"PMI", [](R r) { return r.r("V1") > -r.s("V1") && r.r("V2") > 0.6 && r.t("V2") > 0.15; }},
      {"ANEUR", [](R r) { return r.at("V2", r.width() + 0.04) > 0.1 && is_qs(r, "V2"); }},
      {"INJAS", [](R r) { return r.st("V2") < -0.1 && r.st("V3") < -0.08; }},
      // Hypertrophy, atria, voltage
      {"LVH",
       [](R r) {
         return r.r("V5") - r.s("V1") > 3.3 || r.r("V6") - r.s("V1") > 3.3 ||
                r.r("aVL") - r.s("V3") > 2.4;
       }},
      {"RVH", [](R r) { return r.axis() > 88 && r.r("V1") > 0.5 && r.s("V6") < -0.2; }},
      {"LAO/LAE", [](R r) { return r.lowest("V1", -r.p_lead_time() - 0.04, -0.02) < -0.105; }},
      {"RAO/RAE", [](R r) { return p_high(r, "II") > 0.2; }},
      {"LVOLT",
       [](R r) {
         for (const char* lead : {"I", "II", "III", "aVR", "aVL", "aVF"})
           if (r.swing(lead) > 0.5) return false;
         return true;
       }},
      // Repolarisation
      {"ISCAN", [](R r) { return r.t("V2") < -0.15 && r.t("V3") < -0.1; }},
      {"ISCAL", [](R r) { return r.t("I") < -0.05 && r.t("V5") < -0.1; }},
      {"ISCIN", [](R r) { return r.t("III") < -0.1 && r.t("aVF") < -0.05; }},
      {"NST_", [](R r) { return (r.st("II") + r.st("V5") + r.st("V6")) / 3 < -0.015; }},
      {"NDT", [](R r) { return std::abs(r.t("V5")) < 0.11 && std::abs(r.t("II")) < 0.11; }},
      {"LNGQT", [](R r) { return r.qtc() > 0.46; }},
      {"DIG",
       [](R r) {
         return r.lowest("V5", r.width() + 0.04, 0.28) < -0.07 &&
                r.dip("V5", r.width() + 0.02, 0.32) > 0.04;
       }},
      {"EL",
       [](R r) {
         return (r.t("V3") > 0.5 && r.t_width("V3") < 0.108) ||
                (r.highest("V3", 0.16, 0.34) < 0.2 &&
                 r.rise("V3", 0.38, std::min(0.62, r.median_rr() - 0.24)) > 0.06);
       }},
  };
  return kAll;
}

/// The noisy recording of a patient whose principal condition is `code`.
wfdb::Record recording(const std::string& code, std::uint64_t number) {
  std::size_t entry = 0;
  while (principal_condition(entry) != code) ++entry;
  Random person{11, number, entry}, visit{12, number, entry}, signal{13, number, entry};
  const RecordingSpec drawn = draw_cohort_visit(draw_cohort_patient(entry, person), 0, visit);
  return synthesise(drawn.morphology, 10, 500, signal);
}

std::vector<wfdb::Record> recordings(const std::string& code) {
  std::vector<wfdb::Record> result;
  for (std::uint64_t k = 0; k < kExamples; ++k) result.push_back(recording(code, k));
  return result;
}

TEST(CohortConditions, ShowInTheTraceAndNotInNormalOnes) {
  std::vector<wfdb::Record> normal;
  for (std::uint64_t k = 0; normal.size() < 60; ++k) {
    std::size_t entry = 0;
    while (principal_condition(entry) != "NORM") ++entry;
    Random person{11, k}, visit{12, k}, signal{13, k};
    const RecordingSpec drawn = draw_cohort_visit(draw_cohort_patient(entry, person), 0, visit);
    if (drawn.codes.size() == 2)
      normal.push_back(synthesise(drawn.morphology, 10, 500, signal));  // NORM, SR
  }
  std::vector<Reading> normal_readings(normal.begin(), normal.end());
  for (const Criterion& criterion : criteria()) {
    int met = 0, false_alarms = 0;
    for (const wfdb::Record& record : recordings(criterion.code))
      met += criterion.met(Reading(record));
    for (const Reading& reading : normal_readings) false_alarms += criterion.met(reading);
    EXPECT_GE(met, criterion.at_least * kExamples) << criterion.code;
    EXPECT_LE(false_alarms, criterion.normal_at_most * 60) << criterion.code;
    RecordProperty(criterion.code,
                   std::to_string(met) + "/30, normal " + std::to_string(false_alarms) + "/60");
    std::printf("%-8s %2d of %d, normal %d of 60\n", criterion.code, met, kExamples, false_alarms);
  }
}

}  // namespace
}  // namespace ecg_lora::synthetic
