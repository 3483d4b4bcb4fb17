// Training against memory that is available, before weights are read.
#include "ecg_lora/plan/training/training_memory.h"

#include "base/expect_error.h"
#include "model/shapes.h"

namespace ecg_lora::plan {
namespace {

using ecg_lora::testing::error_of, ecg_lora::testing::has;

constexpr double kOneGiga = 1e9;

/// LoRA on the 11B shape in fp32, four images per batch.
TrainingInput large_input() {
  TrainingInput input;
  input.model = model::testing::eleven_billion();
  input.batch = {16, 128, 4, 64};
  return input;
}

BaseLoad load_of(const TrainingInput& input) {
  BaseLoad load;
  load.model = input.model;
  load.dtype = input.dtype, load.stored = at::kBFloat16;
  return load;
}

AvailableMemory host_with(double giga) {
  return {{{"available memory of this machine", static_cast<std::int64_t>(giga * kOneGiga)}},
          std::nullopt,
          1};
}

std::string refusal(const TrainingInput& input, const AvailableMemory& available,
                    std::int64_t ranks = 1) {
  return error_of(ExitCode::usage, [&] {
    require_training_memory("Llama", load_of(input), input, ranks, available, /*force=*/false);
  });
}

TEST(TrainingMemory, IsTakenIfItIsThere) {
  const auto input = large_input();
  const auto required = training_memory(load_of(input), input, 1);
  EXPECT_GT(required.host(), plan_training(input).total());
  const auto giga = static_cast<double>(required.host()) / kOneGiga;
  require_training_memory("Llama", load_of(input), input, 1, host_with(giga + 0.001), false);
  EXPECT_TRUE(has(refusal(input, host_with(giga - 0.001)),
                  "training Llama in fp32 with batches of 4 images needs "));
}

TEST(TrainingMemory, ARefusalNamesChangesThatHelp) {
  const auto input = large_input();
  const auto said = refusal(input, host_with(32));
  EXPECT_TRUE(has(said, "expected at most 32.0 GB (available memory of this machine)"));
  EXPECT_TRUE(has(said, "use --set "));
  EXPECT_TRUE(has(said, "compute.dtype=bf16"));
  EXPECT_TRUE(has(said, "or --force to go on nevertheless"));
  EXPECT_TRUE(has(refusal(input, host_with(1)), "no other setting fits"));
}

TEST(TrainingMemory, WithForceItGoesOn) {
  const auto input = large_input();
  const auto said = ecg_lora::testing::stderr_of([&] {
    require_training_memory("Llama", load_of(input), input, 1, host_with(1), /*force=*/true);
  });
  EXPECT_TRUE(has(said, "going on, as --force says"));
}

TEST(TrainingMemory, ShardedWeightsAreDividedAmongRanks) {
  auto input = large_input();
  const auto load = load_of(input);
  const auto whole = training_memory(load, input, 8).host();
  EXPECT_EQ(whole, training_memory(load, input, 1).host()) << "nothing is sharded";
  input.loop.shard_weights = true;
  // The linears of the layers have 19.07 GB in bf16.
  EXPECT_NEAR(static_cast<double>(whole - training_memory(load, input, 8).host()),
              2 * 19.07e9 * 7 / 8, 0.3e9);
}

TEST(TrainingMemory, OfADeviceCountsThatOfTheDevice) {
  auto input = large_input();
  input.cuda = true;
  auto load = load_of(input);
  load.cuda = true;
  auto available = host_with(100);
  available.device = std::int64_t{24} * 1'000'000'000;
  const auto said = error_of(
      ExitCode::usage, [&] { require_training_memory("Llama", load, input, 1, available, false); });
  EXPECT_TRUE(has(said, "expected at most 24.0 GB (free memory of the CUDA device)"));
  available.device = std::int64_t{200} * 1'000'000'000;
  require_training_memory("Llama", load, input, 1, available, false);
}

}  // namespace
}  // namespace ecg_lora::plan
