// What a run measures of its own cost: parts, kills, energy of the machine, several processes.
#include "ecg_lora/train/loop/run_cost.h"

#include <gtest/gtest.h>

#include "base/expect_error.h"
#include "cost/powercap.h"
#include "distributed/processes.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/train/logging/metrics_log.h"
#include "ecg_lora/train/loop/step_result.h"

namespace ecg_lora::train {
namespace {

namespace files = std::filesystem;
using cost::testing::Powercap;

class RunCostTest : public ::testing::Test {
 protected:
  RunCostTest()
      : run_(files::temp_directory_path() / cat("run_cost_test.", getpid())),
        tree_(run_ / "powercap") {
    tree_.zone("intel-rapl:0", "package-0", 0);
    paths_.powercap = tree_.root();
  }
  ~RunCostTest() override { files::remove_all(run_); }

  /// A step of 4 samples, in the events as the trainer writes it.
  StepResult step(std::int64_t number) {
    StepResult result;
    result.samples = 4, result.images = 1, result.text_tokens = 80, result.answer_tokens = 8;
    result.flops = 1e6, result.seconds = 0.25, result.data_wait = 0.05;
    MetricsLog(run_ / "metrics.jsonl")
        .append({{"step", number},
                 {"lr", 0.1},
                 {"samples", 4},
                 {"images", 1},
                 {"text_tokens", 80},
                 {"tokens", 8},
                 {"flops", 1e6},
                 {"seconds", 0.25},
                 {"data_wait_s", 0.05}});
    return result;
  }
  std::unique_ptr<RunCost> start(
      const std::shared_ptr<distributed::Group>& group = distributed::single_process()) {
    auto cost = std::make_unique<RunCost>(group, at::kCPU, paths_);
    cost->arithmetic = [](const data::Batch&) { return 1e6; };
    cost->open(run_);
    return cost;
  }
  cost::CostRecord written() const { return cost::read_cost_record(run_ / cost::kCostFile); }

  files::path run_;
  Powercap tree_;
  cost::MachinePaths paths_;
};

TEST_F(RunCostTest, MeasuresARunWithoutAStop) {
  {
    const auto cost = start();
    EXPECT_EQ(written().parts.at(0).state, "running");
    cost->begin(0);
    tree_.set("intel-rapl:0", 7'200'000);
    for (int i = 1; i <= 3; ++i) cost->add_step(step(i), i);
    cost->add_validation(0.5), cost->add_checkpoint(0.125);
    cost->finish();
  }
  const auto record = written();
  ASSERT_EQ(record.parts.size(), 1u);
  const auto& part = record.parts[0];
  EXPECT_EQ(part.state, "finished");
  EXPECT_EQ(part.steps, 3);
  EXPECT_EQ(part.samples, 12);
  EXPECT_EQ(part.images, 3);
  EXPECT_DOUBLE_EQ(part.flops, 3e6);
  EXPECT_DOUBLE_EQ(part.step_seconds, 0.75);
  EXPECT_DOUBLE_EQ(part.validation_seconds, 0.5);
  EXPECT_DOUBLE_EQ(part.checkpoint_seconds, 0.125);
  EXPECT_DOUBLE_EQ(part.cpu_energy.joules.value(), 7.2);
  EXPECT_FALSE(part.gpu_energy.joules);
  EXPECT_GT(part.process_peak.value(), 1 << 20);
  EXPECT_FALSE(part.device_peak);
  EXPECT_GT(part.cpu_seconds, 0);
  EXPECT_GE(part.threads, 1);
}

TEST_F(RunCostTest, SumsOverStopsAndKills) {
  {
    const auto cost = start();
    cost->begin(0);
    for (int i = 1; i <= 4; ++i) cost->add_step(step(i), i);
  }  // stopped after 4
  EXPECT_EQ(written().parts.at(0).state, "stopped");
  {
    const auto cost = start();
    cost->begin(4);
    for (int i = 5; i <= 6; ++i) cost->add_step(step(i), i);
    cost->update();  // the checkpoint of step 6
    for (int i = 7; i <= 9; ++i) cost->add_step(step(i), i);
    const auto killed = read_file(run_ / cost::kCostFile);
    cost->finish();
    write_file(run_ / cost::kCostFile, killed);
  }
  auto cost = start();
  MetricsLog(run_ / "metrics.jsonl").cut_after(6);
  cost->begin(6);
  for (int i = 7; i <= 10; ++i) cost->add_step(step(i), i);
  cost->finish();
  const auto record = written();
  ASSERT_EQ(record.parts.size(), 3u);
  EXPECT_EQ(record.parts[1].state, "killed");
  EXPECT_EQ(record.parts[1].steps, 5);
  EXPECT_EQ(record.parts[1].events_steps, 3);
  EXPECT_EQ(cost::total(record).steps, 13);
  EXPECT_EQ(cost::total(record).samples, 52);
  EXPECT_DOUBLE_EQ(cost::total(record).flops, 13e6);
  EXPECT_EQ(cost::repeated_steps(record), 3);
}

TEST_F(RunCostTest, APartThatIsKilledBeforeItsFirstStepHasNone) {
  {
    const auto cost = start();
    cost->begin(0);
    for (int i = 1; i <= 4; ++i) cost->add_step(step(i), i);
  }
  std::string killed;
  {
    const auto cost = start();  // between open() and begin()
    killed = read_file(run_ / cost::kCostFile);
  }
  write_file(run_ / cost::kCostFile, killed);
  start()->finish();
  const auto record = written();
  ASSERT_EQ(record.parts.size(), 3u);
  EXPECT_EQ(record.parts[1].steps, 0);
  EXPECT_EQ(cost::total(record).steps, 4);
  EXPECT_EQ(cost::repeated_steps(record), 0);
}

TEST_F(RunCostTest, ADamagedFileIsCountedFromTheEvents) {
  step(1), step(2);
  write_file(run_ / cost::kCostFile, "{\"version\": 1");
  start()->finish();
  EXPECT_EQ(written().parts.at(0).events_steps, 2);
}

TEST_F(RunCostTest, ProcessesOnOneMachineReadItsEnergyOnce) {
  const auto work = [this](const std::shared_ptr<distributed::Group>& group) {
    RunCost cost(group, at::kCPU, paths_);
    if (group->first()) cost.open(run_);
    group->barrier();
    if (group->first()) tree_.set("intel-rapl:0", 5'000'000);
    group->barrier();
    cost.begin(0);
    StepResult result;
    result.samples = 4, result.seconds = 1;
    cost.add_step(result, 1);
    cost.finish();
    return 0;
  };
  EXPECT_EQ(testing::in_processes(2, work), (std::vector<int>{0, 0}));
  const auto part = written().parts.at(0);
  EXPECT_EQ(part.processes, 2);
  EXPECT_EQ(part.machines, 1);
  EXPECT_EQ(part.samples, 4) << "steps are those of all processes already";
  EXPECT_DOUBLE_EQ(part.cpu_energy.joules.value(), 5);
}

}  // namespace
}  // namespace ecg_lora::train
