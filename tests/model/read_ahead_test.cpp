#include "ecg_lora/tensorio/read_ahead.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

namespace ecg_lora::tensorio {
namespace {

/// Waits until `asked` is `count`; its value after that, or after a second.
int reached(const std::atomic<int>& asked, int count) {
  for (int i = 0; i < 1000 && asked < count; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return asked;
}

TEST(ReadAhead, AsksInOrderAndStaysWithinItsWindow) {
  std::atomic<int> asked = 0;
  std::vector<ReadAheadItem> items;
  for (int i = 0; i < 10; ++i)
    items.push_back({100, [&asked, i] {
                       EXPECT_EQ(asked, i);
                       ++asked;
                     }});
  ReadAhead ahead(items, 250);
  EXPECT_EQ(reached(asked, 3), 3);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(asked, 3) << "beyond the window";
  ahead.advance();
  EXPECT_EQ(reached(asked, 4), 4);
  for (int i = 0; i < 9; ++i) ahead.advance();
  EXPECT_LE(asked, 10);
}

TEST(ReadAhead, AsksForAnItemThatIsLargerThanItsWindow) {
  std::atomic<int> asked = 0;
  std::vector<ReadAheadItem> items(3, {1000, [&asked] { ++asked; }});
  ReadAhead ahead(items, 10);
  EXPECT_EQ(reached(asked, 1), 1);
  ahead.advance();
  EXPECT_EQ(reached(asked, 2), 2);
}

TEST(ReadAhead, StopsInTheMiddle) {
  std::vector<ReadAheadItem> items(1000, {1, [] {}});
  for (int i = 0; i < 100; ++i) const ReadAhead ahead(items, 10);
}

}  // namespace
}  // namespace ecg_lora::tensorio
