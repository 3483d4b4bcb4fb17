// What is refused, and with which words.
#include "ecg_lora/plan/inference/memory_check.h"

#include "base/expect_error.h"
#include "ecg_lora/plan/inference/inference_alternatives.h"
#include "ecg_lora/plan/inference/streamed.h"
#include "model/shapes.h"

namespace ecg_lora::plan {
namespace {

using ecg_lora::testing::error_of, ecg_lora::testing::has;

constexpr std::int64_t kGiga = 1'000'000'000;

RequiredMemory of_host(std::int64_t bytes) {
  RequiredMemory required;
  required.working = bytes;
  return required;
}

AvailableMemory with(std::int64_t left, std::int64_t processes = 1) {
  return {{{"available memory of this machine", left}}, std::nullopt, processes};
}

TEST(MemoryCheck, IsEnoughUpToTheLastByte) {
  EXPECT_EQ(shortage(of_host(5 * kGiga), with(5 * kGiga)), "");
  EXPECT_TRUE(has(shortage(of_host(5 * kGiga + 1), with(5 * kGiga)), "available memory"));
}

TEST(MemoryCheck, EveryProcessNeedsItsOwn) {
  EXPECT_EQ(shortage(of_host(5 * kGiga), with(20 * kGiga, 4)), "");
  EXPECT_TRUE(has(shortage(of_host(5 * kGiga), with(19 * kGiga, 4)), "4 processes times 5.0 GB"));
}

TEST(MemoryCheck, PagesOfFilesCountAsAddressesOnly) {
  RequiredMemory required = of_host(2 * kGiga);
  required.pages = 3 * kGiga, required.files = 8 * kGiga;
  EXPECT_EQ(required.host_peak(), 3 * kGiga);
  EXPECT_EQ(shortage(required, with(2 * kGiga)), "");
  const MemoryLimit addresses{"ulimit -v", 9 * kGiga, false, true};
  EXPECT_TRUE(has(shortage(required, {{addresses}, std::nullopt, 1}), "ulimit -v"));
}

TEST(MemoryCheck, OfTheDeviceIsItsOwn) {
  RequiredMemory required;
  required.device = 30 * kGiga;
  auto available = with(kGiga);
  available.device = 24 * kGiga;
  EXPECT_TRUE(has(shortage(required, available), "CUDA"));
}

TEST(MemoryCheck, ARefusalNamesWhatFits) {
  const std::vector<Alternative> alternatives{{"--dtype bf16", of_host(22 * kGiga)},
                                              {"--base-quantisation nf4", of_host(9 * kGiga)}};
  const auto said = error_of(ExitCode::usage, [&] {
    require_memory("predict", of_host(43 * kGiga), alternatives, with(20 * kGiga), false);
  });
  EXPECT_TRUE(has(said, "predict needs 43.0 GB of memory, expected at most 20.0 GB"));
  EXPECT_TRUE(has(said, "use --base-quantisation nf4 (9.0 GB), or --force"));
  EXPECT_FALSE(has(said, "--dtype bf16"));
}

TEST(MemoryCheck, ARefusalSaysThatNothingFits) {
  const auto said = error_of(ExitCode::usage, [&] {
    require_memory("predict", of_host(43 * kGiga), {{"--dtype bf16", of_host(22 * kGiga)}},
                   with(2 * kGiga), false);
  });
  EXPECT_TRUE(has(said, "no other setting fits: the smallest, --dtype bf16, needs 22.0 GB"));
}

TEST(MemoryCheck, ForceGoesOn) {
  require_memory("predict", of_host(43 * kGiga), {}, with(kGiga), /*force=*/true);
}

/// The base of the 11B shape in bf16 files.
BaseLoad eleven_billion(at::ScalarType dtype, nn::Quantisation kind = nn::Quantisation::none) {
  BaseLoad load;
  load.model = model::testing::eleven_billion();
  load.base.kind = kind;
  load.dtype = dtype, load.stored = at::kBFloat16, load.files = 21'340'000'000;
  return load;
}

InferenceInput one_question(const BaseLoad& load) {
  return {load.model, load.base, load.dtype, 0, {1, 1, 48, 128}, false};
}

TEST(ElevenBillionMemory, PredictFitsInto16GigabytesInNf4Only) {
  const auto load = eleven_billion(at::kFloat);
  const auto input = one_question(load);
  const auto required = inference_memory(load, input);
  EXPECT_GT(required.host(), 42 * kGiga);
  const auto said = error_of(ExitCode::usage, [&] {
    require_memory("predict", required, inference_alternatives(load, input, {false, true, false}),
                   with(16 * kGiga), false);
  });
  EXPECT_TRUE(has(said, "--base-quantisation nf4"));
  EXPECT_FALSE(has(said, "use --dtype bf16 ("));
}

TEST(ElevenBillionMemory, LoadingAsNf4HoldsPagesOfTheLargestTensor) {
  const auto load = eleven_billion(at::kBFloat16, nn::Quantisation::nf4);
  const auto required = inference_memory(load, one_question(load));
  // Measured: docs/users/quantisation.md has 8.37 GB for loading.
  EXPECT_NEAR(static_cast<double>(required.host_peak()), 8.37e9, 0.84e9);
}

TEST(ElevenBillionMemory, ADeviceHoldsTheWeights) {
  auto load = eleven_billion(at::kBFloat16);
  load.cuda = true;
  auto input = one_question(load);
  input.cuda = true;
  const auto required = inference_memory(load, input);
  EXPECT_GT(required.device, 21 * kGiga);
  EXPECT_LT(required.host(), 5 * kGiga);
}

TEST(ElevenBillionMemory, SpreadWeightsAreDividedAmongProcesses) {
  auto load = eleven_billion(at::kBFloat16);
  const auto alone = required_memory(load, 25 * kGiga, 0);
  load.share = 8;
  const auto shared = required_memory(load, 25 * kGiga, 0);
  EXPECT_NEAR(static_cast<double>(alone.working - shared.working), 19.07e9 * 7 / 8, 0.3e9);
}

TEST(ElevenBillionMemory, AMergeIsStreamed) {
  MergeShape shape;
  lora::LoraSpec spec;
  spec.rank = 64;
  shape.changed = lora::find_targets(model::testing::eleven_billion(), spec);
  shape.written = at::kBFloat16;
  const auto required = plan_merge(eleven_billion(at::kBFloat16), shape);
  EXPECT_LT(required.host_peak(), 2 * kGiga);
  EXPECT_LT(required.host(), kGiga);
}

}  // namespace
}  // namespace ecg_lora::plan
