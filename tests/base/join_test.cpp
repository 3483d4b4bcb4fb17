#include "ecg_lora/base/join.h"

#include <gtest/gtest.h>

#include <set>
#include <utility>
#include <vector>

namespace ecg_lora {
namespace {

TEST(Joined, NamesEachItem) {
  EXPECT_EQ(joined(std::vector<std::string>{}), "");
  EXPECT_EQ(joined(std::vector<int>{9, 10}), "9, 10");
  EXPECT_EQ(joined(std::set<std::string>{"b", "a"}, {}, "; "), "a; b");
  EXPECT_EQ(joined(std::vector<std::pair<std::string, int>>{{"II", 1}, {"V1", 2}},
                   &std::pair<std::string, int>::first),
            "II, V1");
}

TEST(Joined, CountsWhatItLeavesOut) {
  const std::vector<std::string> words = {"a", "b", "c"};
  EXPECT_EQ(joined_at_most(3, words), "a, b, c");
  EXPECT_EQ(joined_at_most(1, words), "a and 2 more");
}

TEST(Joined, OffersAlternatives) {
  EXPECT_EQ(joined_or(std::vector<std::string>{}), "");
  EXPECT_EQ(joined_or(std::vector<std::string>{"a"}), "a");
  EXPECT_EQ(joined_or(std::vector<int>{25, 50}), "25 or 50");
  EXPECT_EQ(joined_or(std::vector<std::string>{"a", "b", "c"}), "a, b or c");
}

}  // namespace
}  // namespace ecg_lora
