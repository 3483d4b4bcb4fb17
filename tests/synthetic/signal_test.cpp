#include "ecg_lora/synthetic/heart/signal.h"

#include "base/expect_error.h"
#include "synthetic/trace.h"

namespace ecg_lora::synthetic {
namespace {

using testing::around_beat;
using testing::beats;
using testing::distances;
using testing::extreme;
using testing::highest;
using testing::lowest;
using testing::mean;
using testing::trace_of;
using testing::variation;

Morphology quiet() {
  Morphology m;
  m.noise = {0, 0, 0};
  return m;
}

TEST(Synthesise, GivesTwelveStandardLeadsOnTheGrid) {
  const wfdb::Record record = trace_of({});
  ASSERT_EQ(record.leads.size(), 12u);
  EXPECT_EQ(record.length(), 5000u);
  for (std::size_t k = 0; k < 12; ++k) {
    EXPECT_EQ(record.leads[k].name, wfdb::standard_leads()[k]);
    for (const double sample : record.leads[k].samples)
      ASSERT_NEAR(sample * 1000, std::round(sample * 1000), 1e-9);
  }
}

TEST(Synthesise, ObeysEinthovenAndGoldberger) {
  const wfdb::Record record = trace_of({});
  const auto step = [&](const char* lead, std::size_t i) {
    return std::lround(record.lead(lead).samples[i] * 1000);
  };
  for (std::size_t i = 0; i < record.length(); ++i) {
    const auto one = step("I", i), two = step("II", i);
    ASSERT_EQ(step("III", i), two - one);
    ASSERT_LE(std::abs(2 * step("aVR", i) + one + two), 1);
    ASSERT_LE(std::abs(2 * step("aVL", i) - 2 * one + two), 1);
    ASSERT_LE(std::abs(2 * step("aVF", i) - 2 * two + one), 1);
  }
}

TEST(Synthesise, IsAPureFunctionOfItsArguments) {
  EXPECT_EQ(trace_of({}).leads[7].samples, trace_of({}).leads[7].samples);
  Random other{6};
  EXPECT_NE(synthesise({}, 10, testing::kRate, other).leads[7].samples,
            trace_of({}).leads[7].samples);
}

TEST(Synthesise, HasTheSameBeatsAtEitherRate) {
  Random low{1}, high{1};
  const wfdb::Record a = synthesise(quiet(), 10, 100, low), b = synthesise(quiet(), 10, 500, high);
  for (std::size_t i = 0; i < a.length(); ++i)
    ASSERT_EQ(a.leads[1].samples[i], b.leads[1].samples[5 * i]);
}

TEST(Synthesise, BeatsAtTheRateAskedFor) {
  for (const double rate : {40.0, 60.0, 90.0, 150.0}) {
    Morphology m = quiet();
    m.heart_rate = rate;
    EXPECT_NEAR(60 / mean(distances(trace_of(m))), rate, 0.03 * rate);
    m.rr_irregularity = 0.2;
    EXPECT_NEAR(variation(distances(trace_of(m, 60))), 0.2, 0.06);
  }
}

TEST(Synthesise, PlacesPBeforeQrs) {
  for (const double pr : {0.14, 0.2, 0.3}) {
    Morphology m = quiet();
    m.pr_interval = pr;
    m.t_amplitude = {};
    const std::vector<double> before = around_beat(trace_of(m), "II", -0.5, -0.05);
    EXPECT_NEAR(highest(before), m.p_amplitude, 0.01);
    const auto peak = std::max_element(before.begin(), before.end()) - before.begin();
    // P lasts 0.1 s, its peak lies in the middle; the steepest part of QRS follows its onset after
    // about 0.02 s.
    EXPECT_NEAR(0.5 - static_cast<double>(peak) / testing::kRate, pr - 0.05 + 0.02, 0.015);
    m.p_amplitude = 0;
    EXPECT_LT(highest(around_beat(trace_of(m), "II", -0.5, -0.05)), 0.01);
  }
}

TEST(Synthesise, WidensQrs) {
  Morphology m = quiet();
  m.p_amplitude = 0;
  m.t_amplitude = {};
  for (const double duration : {0.08, 0.1, 0.15, 0.18}) {
    m.qrs_duration = duration;
    // The flanks below 0.05 mV are not seen.
    EXPECT_GT(testing::qrs_width(trace_of(m)), 0.85 * duration);
    EXPECT_LT(testing::qrs_width(trace_of(m)), duration + 0.005);
  }
}

TEST(Synthesise, TurnsTheAxis) {
  Morphology m = quiet();
  m.frontal_axis = 0;
  EXPECT_GT(extreme(around_beat(trace_of(m), "I", -0.05, 0.08)), 0.8);
  m.frontal_axis = 170;
  EXPECT_LT(extreme(around_beat(trace_of(m), "I", -0.05, 0.08)), -0.8);
  m.frontal_axis = -80;
  EXPECT_LT(extreme(around_beat(trace_of(m), "aVF", -0.05, 0.08)), -0.7);
}

TEST(Synthesise, LiftsStAndTurnsTWaves) {
  Morphology m = quiet();
  m.st_level.inferior = 0.3;
  m.t_amplitude.anterior = -0.8;
  const wfdb::Record record = trace_of(m);
  EXPECT_NEAR(mean(around_beat(record, "III", 0.09, 0.12)), in_lead(m.st_level, "III"), 0.05);
  EXPECT_LT(mean(around_beat(record, "aVL", 0.09, 0.12)), -0.05) << "reciprocal";
  EXPECT_LT(extreme(around_beat(record, "V2", 0.15, 0.42)), -0.6);
}

TEST(Synthesise, LeavesAPauseAfterAnEctopicBeat) {
  Morphology m = quiet();
  m.ectopic_beats = 1;
  m.rr_irregularity = 0;
  const std::vector<double> rr = distances(trace_of(m));
  const auto shortest = std::min_element(rr.begin(), rr.end());
  EXPECT_LT(*shortest, 0.8 * m.rr());
  ASSERT_NE(shortest + 1, rr.end());
  EXPECT_NEAR(*shortest + shortest[1], 2 * m.rr(), 0.08) << "compensatory";
}

TEST(Synthesise, WavesBetweenBeats) {
  Morphology m = quiet();
  m.p_amplitude = 0;
  m.fibrillation = 0.12;
  const std::vector<double> rest = around_beat(trace_of(m), "V1", -0.35, -0.06);
  EXPECT_GT(highest(rest) - lowest(rest), 0.06);
  m.fibrillation = 0;
  m.flutter = 0.12;
  const std::vector<double> saw = around_beat(trace_of(m), "II", -0.35, -0.06);
  EXPECT_GT(highest(saw) - lowest(saw), 0.15);
}

TEST(Synthesise, RefusesImpossibleValues) {
  Random random{1};
  Morphology m;
  testing::error_of(ExitCode::usage, [&] { synthesise(m, 0, 100, random); });
  testing::error_of(ExitCode::usage, [&] { synthesise(m, 10, -1, random); });
  m.heart_rate = 0;
  testing::error_of(ExitCode::usage, [&] { synthesise(m, 10, 100, random); });
  testing::error_of(ExitCode::usage, [] { in_lead({}, "V9"); });
}

TEST(QrsShape, AgreesWithTheTrace) {
  Morphology m = quiet();
  m.p_amplitude = 0;
  m.t_amplitude = {};
  m.terminal = {-0.5, 0, 0.9};
  m.qrs_duration = 0.15;
  const wfdb::Record record = trace_of(m);
  for (const std::string& lead : wfdb::standard_leads()) {
    const QrsShape shape = qrs_shape(m, lead);
    const std::vector<double> trace = around_beat(record, lead, -0.1, 0.2);
    EXPECT_NEAR(shape.highest, highest(trace), 0.03) << lead;
    EXPECT_NEAR(shape.lowest, lowest(trace), 0.03) << lead;
  }
  EXPECT_TRUE(qrs_shape(m, "V1").late_peak);
  EXPECT_FALSE(qrs_shape(quiet(), "V1").late_peak);
  EXPECT_FALSE(qrs_shape(quiet(), "III").starts_down);
  m.q_wave.inferior = 0.5;
  EXPECT_TRUE(qrs_shape(m, "III").starts_down);
  m = quiet();
  m.qrs_duration = 0.16;
  EXPECT_FALSE(qrs_shape(m, "V5").notched);
  m.notch = 1;
  EXPECT_TRUE(qrs_shape(m, "V5").notched);
}

}  // namespace
}  // namespace ecg_lora::synthetic
