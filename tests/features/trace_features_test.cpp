#include "ecg_lora/ecg/features/trace_features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "features/traces.h"

namespace ecg_lora::features {
namespace {

using testing::heart;
using testing::noise;
using testing::trace;

std::optional<double> feature(const wfdb::Record& record, const std::string& name) {
  const auto& names = trace_feature_names();
  const auto values = trace_features(record);
  EXPECT_EQ(values.size(), names.size());
  return values.at(
      static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin()));
}

TEST(TraceFeatures, AreThoseOfTheHeart) {
  const auto record = trace(heart(80, 60));
  EXPECT_NEAR(feature(record, "heart rate").value(), 80, 1);
  EXPECT_NEAR(feature(record, "cosine of axis").value(), 0.5, 0.06);
  EXPECT_NEAR(feature(record, "sine of axis").value(), std::sqrt(0.75), 0.06);
  EXPECT_GT(feature(record, "II highest of QRS").value(), 0.5);
  EXPECT_LT(feature(record, "V1 lowest of QRS").value(), -0.2);
  EXPECT_GT(feature(record, "QRS width").value(), 0.04);
}

TEST(TraceFeatures, WhatCannotBeMeasuredIsMissing) {
  const auto still = noise(100, 0.0, 1);
  EXPECT_FALSE(feature(still, "heart rate"));
  EXPECT_FALSE(feature(still, "sine of axis"));
  auto record = trace(heart());
  record.leads.erase(record.leads.begin() + 6);  // V1
  EXPECT_FALSE(feature(record, "V1 deviation"));
  EXPECT_TRUE(feature(record, "V2 deviation"));
  for (double& x : record.leads.back().samples) x = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(feature(record, "V6 deviation"));
  EXPECT_FALSE(feature(record, "V6 highest of QRS"));
}

}  // namespace
}  // namespace ecg_lora::features
