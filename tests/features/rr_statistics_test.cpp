#include "ecg_lora/ecg/features/rr_statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/expect_error.h"
#include "features/traces.h"

namespace ecg_lora::features {
namespace {

using testing::has;
using testing::heart;
using testing::noise;
using testing::trace;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Measured<RrStatistics> rr_of(const wfdb::Record& record) {
  return measure_rr(find_beats(record));
}

TEST(Beats, AreAllFoundWhereTheyAre) {
  synthetic::Morphology m = heart(75);
  m.noise = {0.1, 0.02, 0.02};
  const auto beats = find_beats(trace(m, 500));
  ASSERT_TRUE(beats) << beats.reason();
  EXPECT_GE(beats->times.size(), 11u);
  EXPECT_LE(beats->times.size(), 13u);
  EXPECT_EQ(beats->rr.size(), beats->times.size() - 1);
  for (const double rr : beats->rr) EXPECT_NEAR(rr, 0.8, 0.004);
}

TEST(Beats, AreTheSameAtEitherSamplingRate) {
  for (const double rate : {45.0, 72.0, 130.0}) {
    const auto low = find_beats(trace(heart(rate), 100)),
               high = find_beats(trace(heart(rate), 500));
    ASSERT_TRUE(low && high);
    ASSERT_EQ(low->times.size(), high->times.size()) << rate;
    for (std::size_t i = 0; i < low->times.size(); ++i)
      EXPECT_NEAR(low->times[i], high->times[i], 0.012);
  }
}

TEST(Beats, PrematureWideBeatsCountAndTheirTWavesDoNot) {
  synthetic::Morphology m = heart(66);
  const auto plain = find_beats(trace(m));
  m.ectopic_beats = 3;
  const auto ectopic = find_beats(trace(m));
  ASSERT_TRUE(plain && ectopic);
  EXPECT_EQ(ectopic->times.size(), plain->times.size())
      << "each takes the place of an ordinary beat";
}

TEST(RrStatistics, RateIsThatOfTheHeart) {
  for (const double sampling_rate : {100.0, 250.0, 500.0}) {
    for (double rate = 30; rate <= 200; rate += 10) {
      synthetic::Morphology m = heart(rate);
      m.pr_interval = rate > 110 ? 0.12 : 0.16;
      const auto rr = rr_of(trace(m, sampling_rate));
      ASSERT_TRUE(rr) << rate << "/min at " << sampling_rate << " Hz: " << rr.reason();
      EXPECT_NEAR(rr->rate, rate, 0.01 * rate) << sampling_rate << " Hz";
      if (rate >= 50) {
        EXPECT_EQ(rr->regularity, Regularity::regular) << rate;
      }
    }
  }
}

TEST(RrStatistics, RateOfWideQrsAndTallT) {
  for (const double rate : {40.0, 80.0, 120.0, 150.0, 180.0}) {
    synthetic::Morphology m = heart(rate);
    m.qrs_duration = 0.17;
    m.notch = 1;
    m.t_amplitude = {0.9, 0.9, 1.2};
    const auto rr = rr_of(trace(m));
    // At a high rate such complexes run into each other, as in fibrillation: then there is no rate
    // rather than a wrong one.
    ASSERT_TRUE(rr || rate > 120) << rr.reason();
    if (rr) {
      EXPECT_NEAR(rr->rate, rate, 0.01 * rate);
    }
  }
}

TEST(RrStatistics, FibrillationIsIrregularAndSinusRhythmIsNot) {
  int irregular = 0, regular = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    synthetic::Morphology m = heart(90);
    m.rr_irregularity = 0.02;
    regular += rr_of(trace(m, 100, 10, seed))->regularity == Regularity::regular;
    m.rr_irregularity = 0.22;
    m.p_amplitude = 0;
    m.fibrillation = 0.12;
    const auto rr = rr_of(trace(m, 100, 10, seed));
    irregular += rr->regularity == Regularity::irregular;
    EXPECT_NE(rr->regularity, Regularity::regular);
    EXPECT_GT(rr->variation, 0.1);
  }
  EXPECT_EQ(regular, 20);
  EXPECT_GE(irregular, 18);
}

TEST(RrStatistics, FewDistancesHaveARateAndNoRegularity) {
  const auto rr = rr_of(trace(heart(60), 100, 5));
  ASSERT_TRUE(rr);
  EXPECT_NEAR(rr->rate, 60, 1);
  EXPECT_EQ(rr->regularity, Regularity::unclear);
}

TEST(RrStatistics, InvalidSamplesAndFlatLeadsDoNotCount) {
  auto record = trace(heart(80));
  record.leads[0].samples.assign(record.length(), 0);
  record.leads[1].samples.assign(record.length(), kNaN);
  record.leads[2].samples[300] = std::numeric_limits<double>::infinity();
  for (std::size_t i = 100; i < 400; ++i) record.leads[3].samples[i] = kNaN;
  for (std::size_t i = 500; i < 503; ++i)
    record.leads[6].samples[i] = 400;  // an artefact in one lead
  const auto rr = rr_of(record);
  ASSERT_TRUE(rr) << rr.reason();
  EXPECT_NEAR(rr->rate, 80, 0.8);
  EXPECT_EQ(rr->regularity, Regularity::regular);
}

TEST(RrStatistics, ADistanceOverAGapOfAllLeadsIsLeftOut) {
  auto record = trace(heart(80), 100, 20);
  for (auto& lead : record.leads)
    for (std::size_t i = 600; i < 1000; ++i) lead.samples[i] = kNaN;
  const auto rr = rr_of(record);
  ASSERT_TRUE(rr) << rr.reason();
  EXPECT_NEAR(rr->rate, 80, 0.8);
  EXPECT_LT(rr->largest, 0.05);
}

TEST(RrStatistics, UnitsAreConvertedAndOthersIgnored) {
  auto record = trace(heart(80));
  record.leads.resize(2);
  for (auto& lead : record.leads) {
    lead.unit = "uV";
    for (double& sample : lead.samples) sample *= 1000;
  }
  record.leads.push_back({"RESP", "l/s", std::vector<double>(record.length(), 1)});
  EXPECT_NEAR(rr_of(record)->rate, 80, 0.8);
  record.leads.erase(record.leads.begin(), record.leads.begin() + 2);
  EXPECT_EQ(rr_of(record).reason(), "no lead has a signal");
}

TEST(RrStatistics, IsNotGuessedFromNoise) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const double sampling_rate : {100.0, 500.0}) {
      const auto rr = rr_of(noise(sampling_rate, 0.3, seed));
      EXPECT_FALSE(rr) << rr->rate;
      EXPECT_EQ(rr.reason(), "beats do not stand out of noise");
    }
  }
}

TEST(RrStatistics, IsNotGuessedFromWaves) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const double sampling_rate : {100.0, 500.0}) {
      for (const double width : {0.0, 2.0, 4.0}) {
        const double frequency = 3 + 0.25 * static_cast<double>(seed);
        const auto rr = rr_of(testing::wave(sampling_rate, frequency, width, seed));
        EXPECT_FALSE(rr) << rr->rate << " of waves at " << frequency << " Hz, width " << width;
      }
    }
  }
}

TEST(RrStatistics, SaysWhyThereIsNone) {
  auto record = trace(heart());
  for (auto& lead : record.leads) lead.samples.assign(record.length(), 0.2);
  EXPECT_EQ(rr_of(record).reason(), "no lead has a signal");
  for (auto& lead : record.leads) lead.samples.assign(record.length(), kNaN);
  EXPECT_EQ(rr_of(record).reason(), "no lead has a signal");
  EXPECT_TRUE(has(rr_of(trace(heart(), 100, 2)).reason(), "lasts 2 s, 3 are needed"));
  EXPECT_TRUE(has(rr_of(trace(heart(), 40)).reason(), "40 Hz, 50 are needed"));
  EXPECT_TRUE(has(rr_of(trace(heart(25), 100, 4)).reason(), "fewer than 3 beats"));
  EXPECT_FALSE(rr_of(wfdb::Record{}));
}

}  // namespace
}  // namespace ecg_lora::features
