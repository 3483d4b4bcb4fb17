#include "ecg_lora/ecg/features/axis.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/expect_error.h"
#include "features/traces.h"

namespace ecg_lora::features {
namespace {

using testing::has;
using testing::heart;
using testing::trace;

Measured<Axis> axis_of(const wfdb::Record& record) {
  return measure_axis(record, find_beats(record));
}

double difference(double a, double b) {
  return std::abs(std::remainder(a - b, 360));
}

TEST(Axis, IsThatOfTheHeart) {
  for (const double sampling_rate : {100.0, 500.0}) {
    for (double degrees = -175; degrees <= 180; degrees += 15) {
      const auto axis = axis_of(trace(heart(70, degrees), sampling_rate));
      ASSERT_TRUE(axis) << degrees << ": " << axis.reason();
      EXPECT_LT(difference(axis->degrees, degrees), 3)
          << axis->degrees << " for " << degrees << " at " << sampling_rate << " Hz";
    }
  }
}

TEST(Axis, OfFastSlowWideAndNoisyHearts) {
  for (const double degrees : {-60.0, 0.0, 60.0, 120.0}) {
    for (const double rate : {45.0, 120.0}) {
      synthetic::Morphology m = heart(rate, degrees);
      m.qrs_duration = 0.15;
      m.pr_interval = 0.13;
      m.noise = {0.1, 0.02, 0.005};
      const auto axis = axis_of(trace(m));
      ASSERT_TRUE(axis) << axis.reason();
      // At 120 a minute P runs into this QRS: there is no level before it.
      EXPECT_LT(difference(axis->degrees, degrees), rate < 100 ? 5 : 12)
          << axis->degrees << " for " << degrees << " at " << rate << "/min";
    }
  }
}

TEST(Axis, NeedsOnlyIAndOneOfThree) {
  const auto whole = trace(heart(70, 20));
  for (const std::string kept : {"aVF", "II", "III"}) {
    auto record = whole;
    std::erase_if(record.leads, [&](const auto& lead) {
      return lead.name != "I" && lead.name != kept && lead.name[0] != 'V';
    });
    EXPECT_LT(difference(axis_of(record)->degrees, 20), 3) << kept;
  }
}

TEST(Axis, IsUntouchedByPrematureBeats) {
  synthetic::Morphology m = heart(75, 60);
  m.ectopic_beats = 3;
  EXPECT_LT(difference(axis_of(trace(m))->degrees, 60), 5);
}

TEST(Axis, HasFourClasses) {
  EXPECT_STREQ(name_of(axis_class(-30)), "normal");
  EXPECT_STREQ(name_of(axis_class(90)), "normal");
  EXPECT_STREQ(name_of(axis_class(-31)), "left");
  EXPECT_STREQ(name_of(axis_class(-90)), "left");
  EXPECT_STREQ(name_of(axis_class(91)), "right");
  EXPECT_STREQ(name_of(axis_class(180)), "right");
  EXPECT_STREQ(name_of(axis_class(-91)), "extreme");
  EXPECT_DOUBLE_EQ((Axis{-25, 1}.margin()), 5);
  EXPECT_DOUBLE_EQ((Axis{97, 1}.margin()), 7);
  EXPECT_DOUBLE_EQ((Axis{-178, 1}.margin()), 2);
}

TEST(Axis, SaysWhyThereIsNone) {
  auto record = trace(heart());
  for (double& sample : record.leads[2].samples) sample *= -1;
  EXPECT_TRUE(has(axis_of(record).reason(), "contradict Einthoven's law"));
  record.leads.erase(record.leads.begin());
  EXPECT_TRUE(has(axis_of(record).reason(), "no valid lead I"));
  record = trace(heart());
  for (double& sample : record.leads[0].samples) sample = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(has(axis_of(record).reason(), "no valid lead I"));
  record = trace(heart());
  std::erase_if(record.leads,
                [](const auto& lead) { return lead.name != "I" && lead.name[0] != 'V'; });
  EXPECT_TRUE(has(axis_of(record).reason(), "no valid lead aVF, II or III"));
  EXPECT_TRUE(has(axis_of(testing::noise(100, 0.3, 1)).reason(), "beats do not stand out"));
}

TEST(Axis, AbsurdVoltagesGiveNoAxis) {
  auto record = trace(heart());
  for (auto& lead : record.leads)
    for (double& sample : lead.samples) sample *= 1e305;
  const auto axis = axis_of(record);
  EXPECT_TRUE(!axis || (std::isfinite(axis->degrees) && std::isfinite(axis->net)));
}

TEST(Axis, HasNoDirectionWhereAreasCancel) {
  auto record = trace(heart());
  // Its slope has as much area above the baseline as below, in each lead.
  for (auto& lead : record.leads) {
    auto& x = lead.samples;
    for (std::size_t i = x.size() - 1; i > 0; --i) x[i] -= x[i - 1];
  }
  EXPECT_TRUE(has(axis_of(record).reason(), "positive and negative QRS areas cancel"));
}

}  // namespace
}  // namespace ecg_lora::features
