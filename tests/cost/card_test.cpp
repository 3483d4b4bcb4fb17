// The words of the cost card.
#include "ecg_lora/cost/card.h"

#include <gtest/gtest.h>

#include "base/expect_error.h"

namespace ecg_lora::cost {
namespace {

using ecg_lora::testing::has;

CostRecord example() {
  RunPart p;
  p.started = "2026-01-01T00:00:00Z", p.state = "finished", p.device = "cuda", p.cpu = "Some CPU";
  p.gpu = "Some GPU", p.gpus = 8, p.processes = 8, p.machines = 2, p.cores = 32, p.threads = 4;
  p.steps = p.flops_steps = p.last_step = 100, p.samples = 5200, p.images = 400;
  p.text_tokens = 123456, p.answer_tokens = 5200;
  p.seconds = 1000, p.cpu_seconds = 7200, p.step_seconds = p.flops_seconds = 800;
  p.data_wait_seconds = 100, p.validation_seconds = 50, p.checkpoint_seconds = 10;
  p.flops = 4e15, p.tensor_peak = 3LL << 30, p.process_peak = 4LL << 30;
  p.cpu_energy = {36000.0, 1000, ""}, p.gpu_energy = {360000.0, 500, "NVML stopped"};
  return {{p}, {Json(), {{"rank 64, 4 tiles", 2e9, 1e12}, {"rank 32", 1.9e9, 0.9e12}}}};
}

std::string fact(const CostRecord& record, const std::string& key) {
  for (const auto& [name, value] : card_rows(record))
    if (name == key) return value;
  return "missing";
}

TEST(CostCard, SaysWhatWasMeasured) {
  const auto record = example();
  EXPECT_EQ(fact(record, "device"),
            "8 × Some GPU; Some CPU, 4 threads per process on 32 cores; "
            "8 processes on 2 machines");
  EXPECT_EQ(fact(record, "time"), "16 min 40 s of wall time, 2 h 00 min of CPU time");
  EXPECT_EQ(fact(record, "shares"),
            "steps 80 % (waiting for data 10 %), validation 5 %, "
            "checkpoints 1 %, loading and the rest 14 %");
  EXPECT_EQ(fact(record, "samples"), "5200 on 400 images");
  EXPECT_EQ(fact(record, "tokens"), "123456, of which 5200 are learnt");
  EXPECT_EQ(fact(record, "arithmetic"),
            "4.00 PFLOP, 5.00 TFLOP/s in steps, counted as the plan does");
  EXPECT_EQ(fact(record, "peak memory"),
            "tensors 3.0 GiB, process 4.0 GiB, GPU not available, of "
            "the largest process");
  EXPECT_EQ(fact(record, "energy"),
            "CPU and memory of the whole machine 10.0 Wh; GPU 100 Wh in 50 % "
            "of the time; of the rest it is not available (NVML stopped)");
}

TEST(CostCard, WhatIsNotKnownIsNeverZero) {
  auto record = example();
  auto& part = record.parts.back();
  part.device = "cpu", part.flops_steps = 0, part.tensor_peak.reset();
  part.cpu_energy = {std::nullopt, 0, "no counter"};
  EXPECT_EQ(fact(record, "energy"),
            "CPU and memory of the whole machine not available (no counter)");
  EXPECT_EQ(fact(record, "arithmetic"), "not available");
  EXPECT_TRUE(has(fact(record, "peak memory"), "tensors not available"));
  EXPECT_TRUE(setting_costs(record).empty());
  EXPECT_EQ(fact(CostRecord(), "shares"), "not available");
}

TEST(CostCard, SaysWhatKillsCost) {
  auto record = example();
  record.parts.push_back(record.parts.back());
  record.parts.front().state = "killed";
  record.parts.back().first_step = 90, record.parts.back().last_step = 190;
  EXPECT_TRUE(has(fact(record, "steps"), "200, of which 10 were done again"));
  EXPECT_TRUE(has(fact(record, "time"), "at least 33 min 20 s"));
  EXPECT_TRUE(has(fact(record, "time"), "in 2 parts, of which 1 was killed"));
}

TEST(CostCard, EstimatesOtherSettingsAtTheRateOfTheRun) {
  const auto rows = setting_costs(example());
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_TRUE(rows[0].own);
  EXPECT_EQ(rows[0].arithmetic, "40.0 TFLOP");
  EXPECT_EQ(rows[0].time, "13 min 20 s");
  EXPECT_EQ(rows[1].setting, "rank 32");
  EXPECT_EQ(rows[1].memory, "1.8 GiB");
  EXPECT_EQ(rows[1].relative, "0.90");
  EXPECT_EQ(rows[1].time, "12 min 00 s");
  const auto text = markdown(example(), "Cost of training");
  for (const auto* part :
       {"## Cost of training\n", "- energy: ", "| this run: rank 64, 4 tiles | ",
        "| setting | planned memory |", "Estimates by the plan, not measurements"})
    EXPECT_TRUE(has(text, part)) << part;
}

TEST(CostCard, NumbersHaveThreeDigits) {
  EXPECT_EQ(with_prefix(0, "FLOP"), "0.00 FLOP");
  EXPECT_EQ(with_prefix(999.4, "FLOP"), "999 FLOP");
  EXPECT_EQ(with_prefix(999.6, "FLOP"), "1.00 kFLOP");
  EXPECT_EQ(with_prefix(12345, "FLOP"), "12.3 kFLOP");
  EXPECT_EQ(with_prefix(5e27, "FLOP"), "5000000 ZFLOP");
}

}  // namespace
}  // namespace ecg_lora::cost
