// Each condition changes, in the trace, the measurement by which it is diagnosed; a healthy trace
// has none of them.
#include <map>
#include <set>

#include "base/expect_error.h"
#include "ecg_lora/synthetic/cohort/dataset.h"
#include "ecg_lora/synthetic/conditions/conditions.h"
#include "synthetic/trace.h"

namespace ecg_lora::synthetic {
namespace {

using testing::around_beat;
using testing::distances;
using testing::extreme;
using testing::highest;
using testing::lowest;
using testing::mean;
using testing::trace_of;
using testing::variation;

bool has_code(const RecordingSpec& drawn, const std::string& code) {
  for (const auto& entry : drawn.codes) {
    if (entry.code == code) return true;
  }
  return false;
}

/// Forty patients with `code` and nothing else, without noise.
std::vector<Morphology> examples(const std::string& code) {
  std::vector<Morphology> result;
  for (std::uint64_t k = 0; result.size() < 40 && k < 4000; ++k) {
    Random random{9, k};
    const Patient patient = draw_patient(random);
    const RecordingSpec drawn = draw_conditions(patient, k % main_condition_list_size(), random);
    if (drawn.codes.front().code != code || drawn.codes.size() != (has_code(drawn, "SR") ? 2 : 1))
      continue;
    result.push_back(drawn.morphology);
    result.back().noise = {0, 0, 0};
  }
  EXPECT_EQ(result.size(), 40u) << code;
  return result;
}

double rate(const Morphology& m) {
  return 60 / mean(distances(trace_of(m)));
}
double irregularity(const Morphology& m) {
  return variation(distances(trace_of(m)));
}

/// With nothing but QRS in the trace.
double width(Morphology m) {
  m.p_amplitude = m.fibrillation = m.ectopic_beats = 0;
  m.st_level = m.t_amplitude = {};
  return testing::qrs_width(trace_of(m));
}

/// The extreme of QRS, or of T, in a lead.
double qrs(const Morphology& m, const char* lead) {
  return qrs_shape(m, lead).main_deflection();
}
double t_wave(const Morphology& m, const char* lead) {
  return extreme(around_beat(trace_of(m), lead, m.qt() - 0.12, m.qt()));
}

TEST(Conditions, NormalIsNormal) {
  for (const Morphology& m : examples("NORM")) {
    EXPECT_GT(rate(m), 56);
    EXPECT_LT(rate(m), 97);
    EXPECT_LT(irregularity(m), 0.05);
    EXPECT_LT(width(m), 0.12);
    EXPECT_GT(m.p_amplitude, 0);
    EXPECT_LT(m.pr_interval, 0.2);
    EXPECT_FALSE(qrs_shape(m, "aVF").starts_down || qrs_shape(m, "V2").starts_down);
    EXPECT_LT(qrs_shape(m, "V5").highest - qrs_shape(m, "V1").lowest, 3.5) << "Sokolow-Lyon";
    for (const char* lead : {"I", "II", "V2", "V6"}) EXPECT_GT(t_wave(m, lead), 0) << lead;
  }
}

TEST(Conditions, RatesAndRhythms) {
  for (const Morphology& m : examples("STACH")) {
    EXPECT_GT(rate(m), 100);
    EXPECT_LT(rate(m), 155);
  }
  for (const Morphology& m : examples("SBRAD")) EXPECT_LT(rate(m), 55);
  double spread = 0;
  for (const Morphology& m : examples("AFIB")) {
    spread += irregularity(m) / 40;
    EXPECT_GT(irregularity(m), 0.08);
    EXPECT_EQ(m.p_amplitude, 0);
    const std::vector<double> rest = around_beat(trace_of(m), "V1", -0.25, -0.05);
    EXPECT_GT(highest(rest) - lowest(rest), 0.03);
  }
  EXPECT_GT(spread, 0.15);
}

TEST(Conditions, PrematureBeatsComeEarlyAndWide) {
  for (const Morphology& m : examples("PVC")) {
    const std::vector<double> rr = distances(trace_of(m));
    const auto early =
        std::count_if(rr.begin(), rr.end(), [&](double d) { return d < 0.8 * m.rr(); });
    EXPECT_GE(early, 1);
    EXPECT_LE(early, 4);
  }
}

TEST(Conditions, FirstDegreeBlockDelaysQrs) {
  for (Morphology m : examples("1AVB")) {
    m.t_amplitude = m.st_level = {};
    const std::vector<double> before = around_beat(trace_of(m), "II", -0.5, -0.1);
    const auto peak = std::max_element(before.begin(), before.end()) - before.begin();
    EXPECT_GT(0.5 - static_cast<double>(peak) / testing::kRate, 0.2)
        << "peak of P to QRS, 0.05 s after the onset of P";
  }
}

TEST(Conditions, BundleBranchBlocks) {
  for (const Morphology& m : examples("CLBBB")) {
    EXPECT_GT(width(m), 0.12);
    EXPECT_LT(qrs(m, "V1"), -0.8);
    EXPECT_LT(qrs_shape(m, "V1").highest, 0.15) << "QS or nearly";
    EXPECT_GT(qrs(m, "V6"), 0.3);
    EXPECT_LT(t_wave(m, "V6"), 0) << "discordant";
    EXPECT_GT(t_wave(m, "V2"), 0);
  }
  for (const Morphology& m : examples("CRBBB")) {
    EXPECT_GT(width(m), 0.12);
    EXPECT_TRUE(qrs_shape(m, "V1").late_peak);
    EXPECT_LT(qrs_shape(m, "I").lowest, -0.2) << "terminal S";
    EXPECT_LT(qrs_shape(m, "V6").lowest, -0.2);
  }
}

TEST(Conditions, InfarctionsHaveQWaves) {
  for (const Morphology& m : examples("IMI")) {
    for (const char* lead : {"II", "III", "aVF"})
      EXPECT_TRUE(qrs_shape(m, lead).starts_down) << lead;
    EXPECT_LT(t_wave(m, "III"), 0);
    EXPECT_FALSE(qrs_shape(m, "V2").starts_down);
  }
  for (const Morphology& m : examples("AMI")) {
    for (const char* lead : {"V1", "V2", "V3"}) {
      EXPECT_TRUE(qrs_shape(m, lead).starts_down) << lead;
      EXPECT_LT(qrs_shape(m, lead).highest, 0.15) << lead;
    }
    EXPECT_FALSE(qrs_shape(m, "aVF").starts_down);
  }
}

TEST(Conditions, HypertrophyIsTallWithStrain) {
  for (const Morphology& m : examples("LVH")) {
    EXPECT_GT(qrs_shape(m, "V5").highest - qrs_shape(m, "V1").lowest, 3.5) << "Sokolow-Lyon";
    EXPECT_LT(t_wave(m, "V6"), -0.1);
    EXPECT_LT(width(m), 0.13);
  }
}

TEST(Conditions, IschemiaInvertsAnteriorT) {
  for (const Morphology& m : examples("ISCAN")) {
    EXPECT_LT(t_wave(m, "V2"), -0.3);
    EXPECT_GT(t_wave(m, "II"), 0);
    EXPECT_FALSE(qrs_shape(m, "V2").starts_down);
  }
}

TEST(Conditions, MeetOnlyWherePossible) {
  std::map<std::string, int> count;
  int pairs = 0;
  const int records = 6500;
  for (int k = 0; k < records; ++k) {
    Random random{3, static_cast<std::uint64_t>(k)};
    const Patient patient = draw_patient(random);
    const RecordingSpec drawn = draw_conditions(patient, k % main_condition_list_size(), random);
    std::set<std::string> codes;
    for (const auto& entry : drawn.codes) {
      EXPECT_TRUE(codes.insert(entry.code).second) << "twice: " << entry.code;
      ++count[entry.code];
    }
    const auto both = [&](const char* a, const char* b) {
      return codes.count(a) && codes.count(b);
    };
    EXPECT_FALSE(both("CLBBB", "CRBBB") || both("AFIB", "1AVB") || both("STACH", "SBRAD") ||
                 both("SR", "AFIB") || both("CLBBB", "IMI") || both("LVH", "CLBBB"));
    if (codes.count("NORM")) {
      EXPECT_EQ(codes, (std::set<std::string>{"NORM", "SR"}));
    }
    pairs += codes.size() - codes.count("SR") == 2;
  }
  EXPECT_NEAR(static_cast<double>(pairs) / records, 0.28, 0.04);
  EXPECT_EQ(count.size(), statements(Preset::conditions).size());
  for (const auto& [code, n] : count) {
    if (code == "SR") continue;
    EXPECT_GT(n, 0.08 * records) << code;
    EXPECT_LT(n, 0.2 * records) << code;
  }
}

}  // namespace
}  // namespace ecg_lora::synthetic
