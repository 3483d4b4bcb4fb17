// Counters of energy on trees and libraries made here.
#include "ecg_lora/cost/energy.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "base/expect_error.h"
#include "cost/powercap.h"
#include "ecg_lora/cost/machine.h"

namespace ecg_lora::cost {
namespace {

using ecg_lora::testing::has;
using testing::kRange;
using testing::Powercap;
namespace fs = std::filesystem;

class EnergyTest : public ::testing::Test {
 protected:
  EnergyTest() : folder_(fs::temp_directory_path() / cat("energy_test.", getpid())) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~EnergyTest() override { fs::remove_all(folder_); }
  /// Two sockets; parts of a package, the platform around it and a second view of it.
  Powercap server() {
    Powercap tree(folder_ / "powercap");
    tree.zone("intel-rapl:0", "package-0", 1'000'000);
    tree.zone("intel-rapl:0:0", "core", 500'000);
    tree.zone("intel-rapl:0:1", "dram", 2'000'000);
    tree.zone("intel-rapl:1", "package-1", 5'000'000);
    tree.zone("intel-rapl:2", "psys", 9'000'000);
    tree.zone("intel-rapl-mmio:0", "package-0", 1'000'000);
    return tree;
  }
  void set_gpu(const std::string& text) {
    write_file(folder_ / "mJ", text);
    ::setenv("FAKE_NVML_FILE", (folder_ / "mJ").c_str(), 1);
  }
  fs::path folder_;
};

TEST_F(EnergyTest, RaplAddsPackagesAndMemoryOnce) {
  auto tree = server();
  Rapl rapl(tree.root());
  ASSERT_TRUE(rapl.available()) << rapl.why();
  EXPECT_EQ(rapl.joules(), 0);
  for (const auto* zone : {"intel-rapl:0", "intel-rapl:0:0", "intel-rapl:0:1", "intel-rapl:1",
                           "intel-rapl:2", "intel-rapl-mmio:0"})
    tree.set(zone, 105'000'000);
  rapl.sample();
  EXPECT_DOUBLE_EQ(rapl.joules(), 104 + 103 + 100);
}

TEST_F(EnergyTest, RaplGoesRound) {
  Powercap tree(folder_ / "powercap");
  tree.zone("intel-rapl:0", "package-0", kRange - 3'000'000);
  Rapl rapl(tree.root());
  tree.set("intel-rapl:0", 2'000'000);
  rapl.sample();
  EXPECT_DOUBLE_EQ(rapl.joules(), 5);
  tree.set("intel-rapl:0", 1'000'000);
  rapl.sample();
  EXPECT_DOUBLE_EQ(rapl.joules(), 5 + (static_cast<double>(kRange) - 1e6) / 1e6);
}

TEST_F(EnergyTest, WithoutRaplNothingIsKnownAndWhyIsSaid) {
  const Rapl none(folder_ / "not there");
  EXPECT_FALSE(none.available());
  EXPECT_TRUE(has(none.why(), "no package in"));
  Powercap tree(folder_ / "powercap");
  tree.zone("intel-rapl:0", "psys", 1);
  EXPECT_FALSE(Rapl(tree.root()).available());
  EnergyMeter meter(std::make_unique<Rapl>(tree.root()));
  EXPECT_FALSE(meter.read().joules);
  EXPECT_TRUE(has(meter.read().why, "does not show it"));
}

TEST_F(EnergyTest, RaplThatMayNotBeReadIsUnknownAsAWhole) {
  auto tree = server();
  const auto counter = tree.counter("intel-rapl:0:1");
  fs::permissions(counter, fs::perms::none);
  const bool root = ::geteuid() == 0;
  ASSERT_EQ(root ? ::seteuid(65534) : 0, 0);
  const Rapl rapl(tree.root());
  ASSERT_EQ(root ? ::seteuid(0) : 0, 0);
  EXPECT_FALSE(rapl.available());
  EXPECT_TRUE(has(rapl.why(), counter.string()));
  EXPECT_TRUE(has(rapl.why(), "Permission denied"));
  EXPECT_TRUE(has(rapl.why(), "chmod a+r"));
}

TEST_F(EnergyTest, ACounterThatGoesAwayKeepsWhatItCounted) {
  auto tree = server();
  EnergyMeter meter(std::make_unique<Rapl>(tree.root()));
  tree.set("intel-rapl:0", 8'000'000);
  const auto before = meter.read();
  EXPECT_DOUBLE_EQ(before.joules.value(), 7);
  fs::remove(tree.counter("intel-rapl:0"));
  const auto after = meter.read();
  EXPECT_DOUBLE_EQ(after.joules.value(), 7);
  EXPECT_DOUBLE_EQ(after.seconds, before.seconds);
  EXPECT_TRUE(has(after.why, "cannot be read"));
  for (const auto* text : {"", "12x\n", "-1\n"}) {
    write_file(tree.counter("intel-rapl:1"), text);
    EXPECT_FALSE(Rapl(tree.root()).available()) << text;
  }
}

TEST_F(EnergyTest, TheMeterSamplesByItselfSoThatNoRoundIsMissed) {
  Powercap tree(folder_ / "powercap");
  tree.zone("intel-rapl:0", "package-0", 0);
  EnergyMeter meter(std::make_unique<Rapl>(tree.root()), std::chrono::milliseconds(5));
  const auto pause = std::chrono::milliseconds(200);
  for (const std::uint64_t now : {kRange / 2, kRange - 1, kRange / 4}) {
    tree.set("intel-rapl:0", now);
    std::this_thread::sleep_for(pause);
  }
  const auto joules = meter.read().joules.value();
  EXPECT_NEAR(joules, 1.25 * static_cast<double>(kRange) / 1e6, 1) << "a round was missed";
}

TEST_F(EnergyTest, NvmlCountsFromItsOpening) {
  set_gpu("5000000");
  Nvml gpu(1, FAKE_NVML, FAKE_NVML);
  ASSERT_TRUE(gpu.available()) << gpu.why();
  EXPECT_EQ(gpu.name(), "NVIDIA Fake");
  EXPECT_EQ(gpu.bus_id(), "0000:41:00.0");
  set_gpu("5123000");
  gpu.sample();
  EXPECT_DOUBLE_EQ(gpu.joules(), 123);
  set_gpu("error 3");
  gpu.sample();
  EXPECT_FALSE(gpu.available());
  EXPECT_DOUBLE_EQ(gpu.joules(), 123);
}

TEST_F(EnergyTest, WithoutNvmlNothingIsKnownAndWhyIsSaid) {
  set_gpu("error 3");
  const Nvml old(1, FAKE_NVML, FAKE_NVML);
  EXPECT_TRUE(has(old.why(), "nvmlDeviceGetTotalEnergyConsumption said: Not Supported"));
  EXPECT_EQ(old.name(), "NVIDIA Fake");
  EXPECT_TRUE(has(Nvml(0, FAKE_NVML, FAKE_NVML).why(), "nvmlDeviceGetHandleByPciBusId_v2"));
  EXPECT_TRUE(has(Nvml(7, FAKE_NVML, FAKE_NVML).why(), "does not know the slot of GPU 7"));
  EXPECT_TRUE(has(Nvml(0, "libnot-there.so", FAKE_NVML).why(), "libnot-there.so cannot be opened"));
  EXPECT_TRUE(has(Nvml(0, "libm.so.6", FAKE_NVML).why(), "libm.so.6 has no nvmlErrorString"));
}

TEST(Machine, IsNamedByTheKernel) {
  const auto file = fs::temp_directory_path() / cat("cpuinfo.", getpid());
  write_file(file, "processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\nmodel name\t: other\n");
  EXPECT_EQ(cpu_model(file), "Some CPU @ 2 GHz");
  write_file(file, "processor\t: 0\nmodel name\t:\n");
  EXPECT_TRUE(has(cpu_model(file), " CPU"));
  fs::remove(file);
  EXPECT_GE(usable_cores(), 1);
  EXPECT_FALSE(machine_id(file).empty()) << "without a boot id the name counts";
  EXPECT_GT(cpu_seconds(), 0);
  EXPECT_EQ(utc_now().size(), 20u);
}

}  // namespace
}  // namespace ecg_lora::cost
