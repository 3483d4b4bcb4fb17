#include "ecg_lora/metrics/statistics/delong.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ecg_lora/base/random.h"

namespace ecg_lora::metrics {
namespace {

TEST(Delong, SmallExampleByHand) {
  // Positives 0.9, 0.5; negatives 0.5, 0.1: V10 = 1, 0.75; V01 = 0.75, 1.
  const auto result = delong({0.9, 0.5, 0.5, 0.1}, {true, true, false, false}, {0, 1, 2, 3});
  ASSERT_TRUE(result);
  EXPECT_DOUBLE_EQ(result->auroc, 0.875);
  EXPECT_DOUBLE_EQ(result->deviation, std::sqrt(0.03125 / 2 + 0.03125 / 2));
  EXPECT_EQ(result->high, 1);  // cut
}

TEST(Delong, RepeatedRecordsOfAPatientAddNothing) {
  std::vector<double> p, repeated_p;
  std::vector<bool> reference, repeated_reference;
  std::vector<std::size_t> patient, repeated_patient;
  Random random{3};
  for (std::size_t i = 0; i < 40; ++i) {
    p.push_back(random.uniform()), reference.push_back(random.bernoulli(0.4)), patient.push_back(i);
    for (int k = 0; k < 5; ++k)
      repeated_p.push_back(p.back()), repeated_reference.push_back(reference.back()),
          repeated_patient.push_back(i);
  }
  const auto once = delong(p, reference, patient),
             many = delong(repeated_p, repeated_reference, repeated_patient);
  EXPECT_NEAR(once->auroc, many->auroc, 1e-14);
  EXPECT_NEAR(once->deviation, many->deviation, 1e-14);
}

TEST(Delong, IsUndefinedWithoutTwoPatientsOfEachClass) {
  EXPECT_FALSE(delong({0.1, 0.2}, {true, true}, {0, 1}));
  EXPECT_FALSE(delong({0.1, 0.2, 0.3}, {true, false, false}, {0, 1, 2}));
  EXPECT_FALSE(delong({}, {}, {}));
}

TEST(DelongDifference, OfARunWithItselfIsNothing) {
  const std::vector<double> p{0.9, 0.4, 0.5, 0.1, 0.3};
  const auto result = delong_difference(p, p, {true, true, false, false, false}, {0, 1, 2, 3, 4});
  EXPECT_EQ(result->difference, 0);
  EXPECT_EQ(result->p, 1);
}

TEST(DelongDifference, HoldsItsErrorRateUnderTheNull) {
  // Two equally good readings of 60 records: about one in twenty differs at 0.05.
  int called = 0;
  for (std::uint64_t trial = 0; trial < 400; ++trial) {
    Random random{11, trial};
    std::vector<double> a, b;
    std::vector<bool> reference;
    std::vector<std::size_t> patient;
    for (std::size_t i = 0; i < 60; ++i) {
      reference.push_back(i % 3 == 0), patient.push_back(i);
      const double signal = reference.back() ? 1.0 : 0.0;
      a.push_back(signal + random.normal()), b.push_back(signal + random.normal());
    }
    called += delong_difference(a, b, reference, patient)->p < 0.05;
  }
  EXPECT_GT(called, 8);
  EXPECT_LT(called, 36);
}

TEST(Holm, StepsDown) {
  const auto adjusted = holm({0.01, 0.04, 0.03, 0.5});
  EXPECT_DOUBLE_EQ(adjusted[0], 0.04);
  EXPECT_DOUBLE_EQ(adjusted[2], 0.09);
  EXPECT_DOUBLE_EQ(adjusted[1], 0.09);  // no smaller than that of a smaller p
  EXPECT_DOUBLE_EQ(adjusted[3], 0.5);
  EXPECT_TRUE(holm({}).empty());
}

}  // namespace
}  // namespace ecg_lora::metrics
