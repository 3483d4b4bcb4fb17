#include "ecg_lora/base/memory_limits.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "ecg_lora/base/file.h"
#include "expect_error.h"

namespace ecg_lora {
namespace {

using testing::TemporaryFolder;

/// A tree in the place of /proc and /sys.
class FakeMachine : public ::testing::Test {
 protected:
  void SetUp() override {
    put("proc/meminfo", "MemTotal: 64000 kB\nMemFree: 9 kB\nMemAvailable:   40000 kB\n");
  }
  void put(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    write_file(folder_ / name, text);
  }
  /// Bytes left under the limit of that name; -1 if there is none.
  std::int64_t left(const std::string& name) {
    const auto limits = memory_limits(folder_ / "");
    const auto found =
        std::find_if(limits.begin(), limits.end(), [&](const auto& l) { return l.name == name; });
    return found == limits.end() ? -1 : found->left;
  }
  void second_version(const std::string& own, const std::string& mounted = "/") {
    put("proc/self/cgroup", "0::" + own + "\n");
    put("proc/self/mountinfo", "31 23 0:28 / /sys rw - sysfs sysfs rw\n42 31 0:39 " + mounted +
                                   " /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n");
  }

  TemporaryFolder folder_;
};

TEST_F(FakeMachine, TellsItsAvailableMemory) {
  EXPECT_EQ(left("available memory of this machine"), 40000 * 1024);
  EXPECT_EQ(memory_limits(folder_ / "").size(), 1u);
}

TEST_F(FakeMachine, WithoutAnythingHasNoLimit) {
  EXPECT_TRUE(memory_limits(folder_ / "nowhere").empty());
}

TEST_F(FakeMachine, EveryCgroupUpToTheRootCounts) {
  second_version("/user/job");
  put("sys/fs/cgroup/user/job/memory.max", "1000000\n");
  put("sys/fs/cgroup/user/job/memory.current", "400000\n");
  put("sys/fs/cgroup/user/job/memory.stat",
      "anon 100000\nfile 300000\ninactive_file 200000\nactive_file 50000\n");
  put("sys/fs/cgroup/user/memory.max", "max\n");
  put("sys/fs/cgroup/user/memory.current", "900000\n");
  put("sys/fs/cgroup/memory.max", "700000\n");
  put("sys/fs/cgroup/memory.current", "650000\n");
  EXPECT_EQ(left("cgroup /user/job"), 1000000 - 150000);  // pages of files can be taken back
  EXPECT_EQ(left("cgroup /user"), -1);
  EXPECT_EQ(left("cgroup /"), 50000);
}

TEST_F(FakeMachine, ACgroupThatIsOverItsLimitLeavesNothing) {
  second_version("/job");
  put("sys/fs/cgroup/job/memory.max", "1000\n");
  put("sys/fs/cgroup/job/memory.current", "5000\n");
  EXPECT_EQ(left("cgroup /job"), 0);
}

TEST_F(FakeMachine, AContainerSeesItsCgroupAtTheMount) {
  second_version("/docker/0123", "/docker/0123");
  put("sys/fs/cgroup/memory.max", "5000\n");
  put("sys/fs/cgroup/memory.current", "1000\n");
  EXPECT_EQ(left("cgroup /"), 4000);
}

TEST_F(FakeMachine, APathOutsideTheMountIsReadAtTheMount) {
  second_version("/../../other");
  put("sys/fs/cgroup/memory.max", "5000\n");
  put("sys/fs/cgroup/memory.current", "1000\n");
  EXPECT_EQ(left("cgroup /"), 4000);
}

TEST_F(FakeMachine, TheFirstVersionCounts) {
  put("proc/self/cgroup", "5:cpu,cpuacct:/elsewhere\n4:memory:/batch/job\n0::/\n");
  put("proc/self/mountinfo",
      "35 31 0:32 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
      "36 31 0:33 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
  const std::string job = "sys/fs/cgroup/memory/batch/job/", batch = "sys/fs/cgroup/memory/batch/";
  put(job + "memory.limit_in_bytes", "9223372036854771712\n");  // none
  put(job + "memory.usage_in_bytes", "1000\n");
  put(batch + "memory.limit_in_bytes", "8000\n");
  put(batch + "memory.usage_in_bytes", "3000\n");
  put(batch + "memory.stat", "inactive_file 1\ntotal_inactive_file 700\ntotal_active_file 300\n");
  EXPECT_EQ(left("cgroup /batch/job"), -1);
  EXPECT_EQ(left("cgroup /batch"), 6000);
}

TEST_F(FakeMachine, ALimitOfAddressesCountsThoseInUse) {
  put("proc/self/limits",
      "Limit  Soft Limit  Hard Limit  Units\nMax address space         4096000              "
      "unlimited            bytes\n");
  put("proc/self/status", "Name: x\nVmPeak: 3000 kB\nVmSize:\t    1000 kB\n");
  EXPECT_EQ(left("ulimit -v"), 4096000 - 1000 * 1024);
  put("proc/self/limits",
      "Max address space         unlimited            unlimited            bytes\n");
  EXPECT_EQ(left("ulimit -v"), -1);
}

TEST(MemoryLimits, OfThisMachineAreKnown) {
  const auto limits = memory_limits();
  ASSERT_FALSE(limits.empty());
  for (const auto& limit : limits) EXPECT_GT(limit.left, 0) << limit.name;
}

}  // namespace
}  // namespace ecg_lora
