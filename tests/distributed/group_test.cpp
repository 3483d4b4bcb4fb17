// Processes that join, add and gather; a launcher's environment read.
#include "ecg_lora/train/distributed/group.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "base/expect_error.h"
#include "distributed/processes.h"
#include "ecg_lora/base/error.h"

namespace ecg_lora::distributed {
namespace {

using testing::error_of, testing::has, testing::in_processes;

/// Environment variables for the length of a test.
class Variables {
 public:
  explicit Variables(std::map<std::string, std::string> values) : values_(std::move(values)) {
    for (const auto& [name, value] : values_) setenv(name.c_str(), value.c_str(), 1);
  }
  ~Variables() {
    for (const auto& [name, value] : values_) unsetenv(name.c_str());
  }

 private:
  std::map<std::string, std::string> values_;
};

TEST(Group, AddsAndGathersInTheOrderOfRanks) {
  const auto work = [](const std::shared_ptr<Group>& group) {
    const auto value = at::full({5}, 1 + group->rank(), at::kDouble);
    group->sum(value);
    auto whole = at::zeros({group->ranks() * 3}), table = at::zeros({group->ranks(), 3});
    const auto piece = at::full({3}, static_cast<float>(group->rank()));
    const auto pending = group->gather(whole, piece);
    pending->wait();
    group->gather(table, piece)->wait();
    const auto expected = at::arange(group->ranks(), at::kFloat).repeat_interleave(3);
    group->barrier();
    return value.eq(group->ranks() * (group->ranks() + 1) / 2).all().item<bool>() &&
                   whole.equal(expected) && table.flatten().equal(expected)
               ? 0
               : 1;
  };
  for (const int ranks : {2, 4})
    EXPECT_EQ(in_processes(ranks, work), std::vector<int>(static_cast<std::size_t>(ranks), 0))
        << ranks;
}

TEST(Group, ADeadRankEndsTheOthersWithAMessage) {
  const auto codes = in_processes(3, [](const std::shared_ptr<Group>& group) {
    group->barrier();
    if (group->rank() == 1) std::_Exit(0);
    const auto value = at::ones({4});
    group->sum(value);
    return 1;
  });
  EXPECT_EQ(codes, (std::vector<int>{75, 0, 75}));
}

TEST(LaunchEnvironment, IsAloneWithoutALauncher) {
  EXPECT_EQ(launch_environment().ranks, 1);
}

TEST(LaunchEnvironment, ReadsTorchrunsEnvironment) {
  const Variables set({{"WORLD_SIZE", "4"},
                       {"RANK", "3"},
                       {"LOCAL_RANK", "1"},
                       {"MASTER_ADDR", "node7"},
                       {"MASTER_PORT", "12345"},
                       {"TORCHELASTIC_USE_AGENT_STORE", "True"},
                       {"TORCHELASTIC_RESTART_COUNT", "2"}});
  const auto launch = launch_environment();
  EXPECT_EQ(launch.ranks, 4);
  EXPECT_EQ(launch.rank, 3);
  EXPECT_EQ(launch.local_rank, 1);
  EXPECT_EQ(launch.host, "node7");
  EXPECT_EQ(launch.port, 12345);
  EXPECT_TRUE(launch.hosted);
  EXPECT_EQ(launch.attempt, 2);
}

TEST(LaunchEnvironment, ReadsSlurmsEnvironmentOfAStep) {
  for (const auto& [list, host] : std::map<std::string, std::string>{
           {"gpu[03-07,9],x1", "gpu03"}, {"a1,b2", "a1"}, {"n5", "n5"}, {"n[4,8]", "n4"}}) {
    const Variables set({{"SLURM_STEP_NUM_TASKS", "2"},
                         {"SLURM_PROCID", "1"},
                         {"SLURM_LOCALID", "0"},
                         {"SLURM_STEP_NODELIST", list},
                         {"SLURM_JOB_ID", "2042"}});
    const auto launch = launch_environment();
    EXPECT_EQ(launch.ranks, 2);
    EXPECT_EQ(launch.rank, 1);
    EXPECT_EQ(launch.host, host);
    EXPECT_EQ(launch.port, 29542);
    EXPECT_FALSE(launch.hosted);
  }
}

TEST(LaunchEnvironment, RefusesWhatContradictsItself) {
  const Variables set(
      {{"WORLD_SIZE", "2"}, {"RANK", "2"}, {"MASTER_ADDR", "x"}, {"MASTER_PORT", "1"}});
  EXPECT_TRUE(has(error_of(ExitCode::usage, [] { launch_environment(); }), "rank 2 of 2"));
  const Variables port(
      {{"WORLD_SIZE", "2"}, {"RANK", "1"}, {"MASTER_ADDR", "x"}, {"MASTER_PORT", "65536"}});
  EXPECT_TRUE(has(error_of(ExitCode::usage, [] { launch_environment(); }), "from 1 to 65535"));
  const Variables odd(std::map<std::string, std::string>{{"WORLD_SIZE", "two"}});
  EXPECT_TRUE(has(error_of(ExitCode::usage, [] { launch_environment(); }), "WORLD_SIZE is 'two'"));
}

}  // namespace
}  // namespace ecg_lora::distributed
