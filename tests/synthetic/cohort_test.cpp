// The virtual cohort as a data set: PTB-XL's statements, patients whose conditions last,
// coexistence, exact lead relations.
#include "cohort.h"
#include "ecg_lora/synthetic/cohort/dataset.h"

#include <cmath>
#include <map>
#include <set>

#include "base/expect_error.h"
#include "support/shared_data.h"

namespace ecg_lora::synthetic {
namespace {

std::set<std::string> codes_of(const RecordingSpec& drawn) {
  std::set<std::string> codes;
  for (const auto& entry : drawn.codes) codes.insert(entry.code);
  return codes;
}

std::size_t entry_of(const std::string& code) {
  for (std::size_t entry = 0; entry < principal_list_size(); ++entry) {
    if (principal_condition(entry) == code) return entry;
  }
  ADD_FAILURE() << code << " is no principal condition";
  return 0;
}

CohortPatient patient_of(std::size_t entry, std::uint64_t number) {
  Random random{21, number, entry};
  return draw_cohort_patient(entry, random);
}

RecordingSpec visit_of(const CohortPatient& patient, int visit, std::uint64_t number) {
  Random random{22, number, static_cast<std::uint64_t>(visit)};
  return draw_cohort_visit(patient, visit, random);
}

TEST(Cohort, StatesPtbXlsCodes) {
  std::map<std::string, int> classes;
  for (const ptbxl::Statement& s : statements(Preset::cohort)) {
    EXPECT_TRUE(s.diagnostic || s.form || s.rhythm) << s.code;
    if (s.diagnostic) ++classes[s.diagnostic_class];
  }
  EXPECT_EQ(statements(Preset::cohort).size(), 44u);
  EXPECT_EQ(classes.size(), 5u) << "NORM, MI, STTC, CD, HYP";
  for (const char* name : {"MI", "STTC", "CD", "HYP"}) EXPECT_GE(classes[name], 4) << name;
}

TEST(Cohort, StatementsEqualTheRealTable) {
  ECG_LORA_NEEDS_SHARED("ptbxl");
  const ptbxl::Database real = ptbxl::load_database(testing::shared_data() / "ptbxl");
  std::size_t before = 0;
  for (const ptbxl::Statement& s : statements(Preset::cohort)) {
    std::size_t place = 0;
    while (place < real.statements.size() && real.statements[place].code != s.code) ++place;
    ASSERT_LT(place, real.statements.size()) << s.code;
    const ptbxl::Statement& r = real.statements[place];
    EXPECT_EQ(s.description, r.description);
    EXPECT_EQ(s.diagnostic_class, r.diagnostic_class) << s.code;
    EXPECT_EQ(s.diagnostic_subclass, r.diagnostic_subclass) << s.code;
    EXPECT_EQ(std::make_tuple(s.diagnostic, s.form, s.rhythm),
              std::make_tuple(r.diagnostic, r.form, r.rhythm))
        << s.code;
    EXPECT_TRUE(before <= place) << s.code << " is out of order";
    before = place;
  }
}

TEST(Cohort, LeadRelationsHoldOnEveryStoredSample) {
  for (std::size_t entry = 0; entry < principal_list_size(); entry += 2) {
    const CohortPatient patient = patient_of(entry, 1);
    Random signal{23, entry};
    const wfdb::Record record = synthesise(visit_of(patient, 0, 1).morphology, 10, 100, signal);
    const auto step = [&](const char* lead, std::size_t i) {
      const double value = record.lead(lead).samples[i] * 1000;
      EXPECT_NEAR(value, std::round(value), 1e-9);
      return std::lround(value);
    };
    for (std::size_t i = 0; i < record.length(); ++i) {
      const long one = step("I", i), two = step("II", i), three = step("III", i);
      ASSERT_EQ(three, two - one) << patient.principal;
      // Half a step is the nearest that a sum of odd steps can be.
      ASSERT_LE(std::abs(2 * step("aVR", i) + one + two), 1) << patient.principal;
      ASSERT_LE(std::abs(2 * step("aVL", i) - one + three), 1) << patient.principal;
      ASSERT_LE(std::abs(2 * step("aVF", i) - two - three), 1) << patient.principal;
    }
  }
}

TEST(Cohort, HasTheSameBeatsAtEitherRate) {
  for (std::size_t entry = 0; entry < principal_list_size(); ++entry) {
    Morphology m = visit_of(patient_of(entry, 2), 0, 2).morphology;
    m.artefacts = {};
    if (m.rhythm.spike > 0) continue;  // a pulse is lower at 100 Hz, as behind a filter
    Random low{1}, high{1};
    const wfdb::Record a = synthesise(m, 10, 100, low), b = synthesise(m, 10, 500, high);
    for (std::size_t i = 0; i < a.length(); ++i)
      ASSERT_NEAR(a.leads[1].samples[i], b.leads[1].samples[5 * i], 0.0015)
          << principal_condition(entry) << " at " << i;
  }
}

TEST(Cohort, LastingConditionsLast) {
  for (const char* code : {"CLBBB", "IMI", "LVH", "WPW", "LAFB"}) {
    const std::size_t entry = entry_of(code);
    for (std::uint64_t k = 0; k < 10; ++k) {
      const CohortPatient patient = patient_of(entry, k);
      const RecordingSpec first = visit_of(patient, 0, 100 + k),
                          third = visit_of(patient, 2, 200 + k);
      EXPECT_TRUE(codes_of(first).count(code) && codes_of(third).count(code)) << code;
      EXPECT_EQ(first.morphology.qrs_duration, third.morphology.qrs_duration) << code;
      EXPECT_NE(first.morphology.artefacts.muscle, third.morphology.artefacts.muscle) << code;
    }
  }
  int passing = 0;
  for (std::uint64_t k = 0; k < 100; ++k)
    passing += codes_of(visit_of(patient_of(entry_of("PVC"), k), 1, k)).count("PVC") > 0;
  EXPECT_GT(passing, 40);
  EXPECT_LT(passing, 85);
}

TEST(Cohort, DifferentPatientsDifferAndSoDoTheirTorsos) {
  const std::size_t entry = entry_of("NORM");
  std::set<double> axes, durations, placements;
  for (std::uint64_t k = 0; k < 50; ++k) {
    const CohortPatient patient = patient_of(entry, k);
    axes.insert(patient.base.frontal_axis);
    durations.insert(patient.base.qrs_duration);
    placements.insert(patient.base.placement[2].anterior);
  }
  EXPECT_EQ(axes.size() + durations.size() + placements.size(), 150u);
  EXPECT_GT(*axes.rbegin() - *axes.begin(), 40);
}

TEST(Cohort, AgeAndSexFollowTheCondition) {
  const auto mean_age = [](const char* code) {
    double sum = 0;
    for (std::uint64_t k = 0; k < 200; ++k) sum += patient_of(entry_of(code), k).age / 200.0;
    return sum;
  };
  EXPECT_GT(mean_age("AFIB"), mean_age("NORM") + 15);
  EXPECT_LT(mean_age("WPW"), mean_age("NORM"));
  int women = 0;
  for (std::uint64_t k = 0; k < 400; ++k) women += patient_of(entry_of("LNGQT"), k).sex;
  EXPECT_NEAR(women / 400.0, 0.65, 0.07);
}

TEST(Cohort, DiagnosesMeetOnlyWhereBothCanBeSeen) {
  EXPECT_TRUE(cohort_compatible("AFIB", "DIG") && cohort_compatible("CRBBB", "LAFB") &&
              cohort_compatible("LVH", "LAO/LAE"));
  EXPECT_FALSE(cohort_compatible("AFIB", "1AVB") || cohort_compatible("AFIB", "PAC") ||
               cohort_compatible("CLBBB", "IMI") || cohort_compatible("PACE", "LVH") ||
               cohort_compatible("LVOLT", "LVH") || cohort_compatible("NORM", "CRBBB"));
  testing::error_of(ExitCode::usage, [] { cohort_compatible("AFIB", "XYZ"); });
  std::map<std::size_t, int> several;
  std::map<std::string, int> count;
  const int records = 4000;
  for (int k = 0; k < records; ++k) {
    const std::size_t entry = static_cast<std::size_t>(k) % principal_list_size();
    const RecordingSpec drawn = visit_of(patient_of(entry, static_cast<std::uint64_t>(k)), k % 3,
                                         static_cast<std::uint64_t>(k));
    const std::set<std::string> codes = codes_of(drawn);
    EXPECT_EQ(codes.size(), drawn.codes.size()) << "a code twice";
    EXPECT_FALSE(drawn.report.empty());
    for (const auto& [code, likelihood] : drawn.codes) {
      ++count[code];
      EXPECT_TRUE(likelihood == 0 || likelihood == 35 || likelihood == 50 || likelihood == 80 ||
                  likelihood == 100);
    }
    std::size_t diagnoses = 0;
    for (const std::string& a : codes) {
      const bool implied = a == "SR" || ((codes.count("BIGU") || codes.count("TRIGU")) &&
                                         (a == "PVC" || a == "PAC"));
      diagnoses += !implied && a != "NORM";
      for (const std::string& b : codes) {
        const bool other_implied = b == "SR" || ((codes.count("BIGU") || codes.count("TRIGU")) &&
                                                 (b == "PVC" || b == "PAC"));
        if (!implied && !other_implied && a < b) {
          EXPECT_TRUE(cohort_compatible(a, b)) << a << " with " << b;
        }
      }
    }
    ++several[diagnoses];
  }
  EXPECT_EQ(count.size(), statements(Preset::cohort).size());
  for (const auto& [code, n] : count) EXPECT_GT(n, 0.007 * records) << code;
  EXPECT_GT(several[1], 0.3 * records);
  EXPECT_GT(several[2] + several[3] + several[4], 0.25 * records);
}

TEST(Cohort, ReportsAreMostlyGerman) {
  int german = 0;
  for (std::uint64_t k = 0; k < 300; ++k) {
    const std::string report = visit_of(patient_of(entry_of("CLBBB"), k), 0, k).report;
    const bool is_german = report.find("linksschenkelblock") != std::string::npos;
    EXPECT_NE(is_german, report.find("left bundle branch block") != std::string::npos) << report;
    german += is_german;
  }
  EXPECT_NEAR(german / 300.0, 0.72, 0.08);
}

}  // namespace
}  // namespace ecg_lora::synthetic
