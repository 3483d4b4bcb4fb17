#include "ecg_lora/base/parallel.h"

#include <gtest/gtest.h>

#include <numeric>
#include <stdexcept>
#include <string>

namespace ecg_lora {
namespace {

TEST(ParallelFor, UsesEachOnceWhateverTheThreads) {
  std::vector<int> expected(1000);
  std::iota(expected.begin(), expected.end(), 1);
  for (const int threads : {0, 1, 3, 2000}) {
    std::vector<int> used(expected.size());
    parallel_for(used.size(), threads, [&](std::size_t i) { used[i] += static_cast<int>(i) + 1; });
    EXPECT_EQ(used, expected) << threads;
  }
  parallel_for(0, 4, [](std::size_t) { FAIL(); });
}

TEST(ParallelFor, ThrowsTheErrorOfTheLowestNumber) {
  for (const int threads : {1, 4}) {
    try {
      parallel_for(500, threads, [](std::size_t i) {
        if (i % 7 == 6) throw std::runtime_error(std::to_string(i));
      });
      ADD_FAILURE() << "expected an error, got none";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "6") << threads;
    }
  }
}

TEST(ParallelFor, LeavesWhatWasNotBegunBeforeAnError) {
  std::atomic<int> done{0};
  const auto use = [&](std::size_t i) {
    if (i == 20) throw std::runtime_error("twenty");
    ++done;
  };
  EXPECT_THROW(parallel_for(100000, 4, use), std::runtime_error);
  EXPECT_LT(done, 100000);
}

TEST(ParallelFor, AdvancesAProgress) {
  ::testing::internal::CaptureStderr();
  {
    Progress progress("reading", 5, "files");
    parallel_for(5, 2, [](std::size_t) {}, &progress);
  }
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("reading: 5/5 files"), std::string::npos);
}

}  // namespace
}  // namespace ecg_lora
