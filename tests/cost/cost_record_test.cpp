// Parts of runs that were stopped, killed and resumed, and their sums.
#include "ecg_lora/cost/cost_record.h"

#include <gtest/gtest.h>

#include "base/expect_error.h"

namespace ecg_lora::cost {
namespace {

using ecg_lora::testing::error_of, ecg_lora::testing::has;

RunPart part(std::int64_t first, std::int64_t last, const std::string& state = "finished") {
  RunPart p;
  p.started = "2026-01-01T00:00:00Z", p.state = state, p.device = "cpu", p.cpu = "CPU";
  p.cores = p.threads = 2, p.processes = p.machines = 1;
  p.first_step = first, p.last_step = last, p.steps = p.flops_steps = last - first;
  p.samples = 4 * p.steps, p.images = 2 * p.steps;
  p.text_tokens = 50 * p.steps, p.answer_tokens = 7 * p.steps;
  const auto steps = static_cast<double>(p.steps);
  p.seconds = 10 + steps, p.cpu_seconds = 2 * steps, p.step_seconds = p.flops_seconds = steps;
  p.flops = 1e9 * steps;
  p.tensor_peak = 100 + last, p.process_peak = 1000 - last;
  p.cpu_energy = {3600.0, p.seconds, ""}, p.gpu_energy = {std::nullopt, 0, "none here"};
  return p;
}

Json line(int step, bool arithmetic = true) {
  Json json = {{"step", step},   {"lr", 0.1},          {"samples", 4},
               {"images", 2},    {"text_tokens", 50},  {"tokens", 7},
               {"seconds", 1.5}, {"data_wait_s", 0.5}, {"skipped", false}};
  if (arithmetic) json["flops"] = 1e9;
  return json;
}

TEST(CostRecord, SumsParts) {
  const CostRecord record{{part(0, 6, "stopped"), part(6, 10)}, {}};
  const auto sum = total(record);
  EXPECT_EQ(sum.steps, 10);
  EXPECT_EQ(sum.samples, 40);
  EXPECT_EQ(sum.text_tokens, 500);
  EXPECT_DOUBLE_EQ(sum.seconds, 30);
  EXPECT_DOUBLE_EQ(sum.flops, 1e10);
  EXPECT_EQ(sum.tensor_peak, 110);
  EXPECT_EQ(sum.process_peak, 994);
  EXPECT_FALSE(sum.device_peak);
  EXPECT_DOUBLE_EQ(sum.cpu_energy.joules.value(), 7200);
  EXPECT_FALSE(sum.gpu_energy.joules);
  EXPECT_EQ(sum.gpu_energy.why, "none here");
  EXPECT_EQ(sum.first_step, 0);
  EXPECT_EQ(sum.last_step, 10);
  EXPECT_EQ(repeated_steps(record), 0);
}

TEST(CostRecord, AKilledPartIsCompletedByTheEvents) {
  CostRecord record{{part(0, 4, "running")}, {}};
  std::vector<Json> metrics;
  for (int step = 1; step <= 7; ++step) metrics.push_back(line(step));
  metrics.push_back({{"step", 4}, {"validation_loss", 1.0}});
  metrics.push_back({{"step", 7}, {"warning", "loss_spike"}});
  close_killed(record, metrics);
  const auto& killed = record.parts.back();
  EXPECT_EQ(killed.state, "killed");
  EXPECT_EQ(killed.steps, 7);
  EXPECT_EQ(killed.events_steps, 3);
  EXPECT_EQ(killed.samples, 28);
  EXPECT_EQ(killed.images, 14);
  EXPECT_DOUBLE_EQ(killed.flops, 7e9);
  EXPECT_DOUBLE_EQ(killed.step_seconds, 4 + 3 * 1.5);
  EXPECT_DOUBLE_EQ(killed.seconds, 14 + 3 * 1.5);
  EXPECT_LT(killed.cpu_energy.seconds, killed.seconds) << "energy of those steps is not known";
  record.parts.push_back(part(4, 10));
  EXPECT_EQ(repeated_steps(record), 3);
  close_killed(record, metrics);
  EXPECT_EQ(total(record).steps, 13) << "a part that ended is not touched";
}

TEST(CostRecord, OfAnOlderVersionOnlyTheEventsAreKnown) {
  CostRecord record;
  close_killed(record, {});
  EXPECT_TRUE(record.parts.empty());
  close_killed(record, {line(1, false), line(2, false), line(3)});
  ASSERT_EQ(record.parts.size(), 1u);
  EXPECT_EQ(record.parts[0].steps, 3);
  EXPECT_EQ(record.parts[0].flops_steps, 1);
  EXPECT_FALSE(record.parts[0].cpu_energy.joules);
}

TEST(CostRecord, GoesThroughJson) {
  CostRecord record{{part(0, 6, "killed"), part(4, 10)}, {{{"rows", 4}}, {{"rank 8", 1e6, 2e9}}}};
  const auto json = to_json(record);
  const auto again = cost_record_from(json, "cost.json");
  EXPECT_EQ(to_json(again), json);
  EXPECT_EQ(json.at("version"), 1);
  EXPECT_EQ(json.at("repeated_steps"), 2);
  EXPECT_EQ(json.at("total").at("steps"), 12);
  EXPECT_TRUE(json.at("total").at("device_peak").is_null()) << "unknown is not 0";
  EXPECT_TRUE(json.at("total").at("gpu_energy").at("joules").is_null());
}

TEST(CostRecord, OfAnotherKindIsRefused) {
  const auto good = to_json(CostRecord{{part(0, 1)}, {}});
  auto newer = good, without = good, text = good;
  newer["version"] = 2;
  without["parts"][0].erase("steps");
  text["parts"][0]["seconds"] = "many";
  const auto refused = [](const Json& json) {
    return error_of(ExitCode::data, [&] { cost_record_from(json, "cost.json"); });
  };
  EXPECT_TRUE(has(refused(newer), "of version 2, expected at most 1"));
  for (const auto& bad : {without, text, Json::array(), Json("x"), Json(), Json{{"version", "1"}}})
    EXPECT_TRUE(has(refused(bad), "cost.json is damaged"));
}

}  // namespace
}  // namespace ecg_lora::cost
