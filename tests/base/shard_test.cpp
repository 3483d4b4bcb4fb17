// Shards of a list, and the parts of a file that they leave.
#include "ecg_lora/base/shard.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <limits>
#include <thread>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"

namespace ecg_lora {
namespace {

using testing::error_of, testing::has;
namespace fs = std::filesystem;

TEST(Shard, CoversAListOnceAndEvenly) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{100},
                                 std::numeric_limits<std::size_t>::max() - 1})
    for (const std::size_t count : {1, 2, 3, 7, 8, 100000}) {
      std::size_t at = 0;
      for (std::size_t number = 1; number <= count; ++number) {
        const Shard shard{number, count};
        ASSERT_EQ(shard.begin(size), at);
        at = shard.end(size);
        ASSERT_GE(at, shard.begin(size) + size / count);
        ASSERT_LE(at - shard.begin(size), size / count + 1);
      }
      ASSERT_EQ(at, size);
    }
}

TEST(Shard, IsReadFromIOfN) {
  const auto shard = parse_shard("3/12");
  EXPECT_EQ(shard.number, 3u);
  EXPECT_EQ(shard.count, 12u);
  EXPECT_EQ(shard.name(), "3-of-12");
  EXPECT_FALSE(shard.whole());
  EXPECT_TRUE(parse_shard("1/1").whole());
  for (const auto* wrong :
       {"", "1", "/", "1/", "/2", "0/2", "3/2", "1/0", "a/2", "1/b", "1/2/3", "-1/2", "+1/2",
        " 1/2", "1/2 ", "1.0/2", "1/100001", "1/99999999999999999999"})
    EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { parse_shard(wrong); }),
                    "expected i/n with i from 1 to n"))
        << wrong;
}

TEST(ShardedFile, IsJoinedOnceByTheLast) {
  const auto folder = fs::temp_directory_path() / cat("shard_test.", ::getpid());
  fs::create_directory(folder);
  const auto file = folder / "whole.txt";
  constexpr std::size_t count = 8;
  std::vector<std::thread> threads;
  std::atomic<int> joins{0};
  for (std::size_t number = 1; number <= count; ++number)
    threads.emplace_back([&, number] {
      ShardedFile(file, {number, count})
          .add(cat(number), [&](const std::vector<std::string>& parts) {
            ++joins;
            std::string text;
            for (const auto& part : parts) text += part + ",";
            write_file(file, text);
          });
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(joins, 1);
  EXPECT_EQ(read_file(file), "1,2,3,4,5,6,7,8,");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace ecg_lora
