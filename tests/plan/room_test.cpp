// What is refused, and with which words.
#include "ecg_lora/plan/room/room.h"

#include "base/expect_error.h"
#include "ecg_lora/plan/room/inference_options.h"
#include "ecg_lora/plan/room/streamed.h"
#include "model/shapes.h"

namespace ecg_lora::plan {
namespace {

using ecg_lora::testing::error_of, ecg_lora::testing::has;

constexpr std::int64_t giga = 1'000'000'000;

Need of_host(std::int64_t bytes) {
  Need need;
  need.working = bytes;
  return need;
}

Room with(std::int64_t left, std::int64_t processes = 1) {
  return {{{"available memory of this machine", left}}, std::nullopt, processes};
}

TEST(Room, IsEnoughUpToTheLastByte) {
  EXPECT_EQ(shortage(of_host(5 * giga), with(5 * giga)), "");
  EXPECT_TRUE(has(shortage(of_host(5 * giga + 1), with(5 * giga)), "available memory"));
}

TEST(Room, EveryProcessNeedsItsOwn) {
  EXPECT_EQ(shortage(of_host(5 * giga), with(20 * giga, 4)), "");
  EXPECT_TRUE(has(shortage(of_host(5 * giga), with(19 * giga, 4)), "4 processes times 5.0 GB"));
}

TEST(Room, PagesOfFilesCountAsAddressesOnly) {
  Need need = of_host(2 * giga);
  need.pages = 3 * giga, need.files = 8 * giga;
  EXPECT_EQ(need.host_peak(), 3 * giga);
  EXPECT_EQ(shortage(need, with(2 * giga)), "");
  const MemoryLimit addresses{"ulimit -v", 9 * giga, false, true};
  EXPECT_TRUE(has(shortage(need, {{addresses}, std::nullopt, 1}), "ulimit -v"));
}

TEST(Room, OfTheDeviceIsItsOwn) {
  Need need;
  need.device = 30 * giga;
  auto room = with(giga);
  room.device = 24 * giga;
  EXPECT_TRUE(has(shortage(need, room), "CUDA"));
}

TEST(Room, ARefusalNamesWhatFits) {
  const std::vector<Option> options{{"--dtype bf16", of_host(22 * giga)},
                                    {"--base-quantisation nf4", of_host(9 * giga)}};
  const auto said = error_of(ExitCode::usage, [&] {
    require_room("predict", of_host(43 * giga), options, with(20 * giga), false);
  });
  EXPECT_TRUE(has(said, "predict needs 43.0 GB of memory, expected at most 20.0 GB"));
  EXPECT_TRUE(has(said, "use --base-quantisation nf4 (9.0 GB), or --force"));
  EXPECT_FALSE(has(said, "--dtype bf16"));
}

TEST(Room, ARefusalSaysThatNothingFits) {
  const auto said = error_of(ExitCode::usage, [&] {
    require_room("predict", of_host(43 * giga), {{"--dtype bf16", of_host(22 * giga)}},
                 with(2 * giga), false);
  });
  EXPECT_TRUE(has(said, "no other setting fits: the smallest, --dtype bf16, needs 22.0 GB"));
}

TEST(Room, ForceGoesOn) {
  require_room("predict", of_host(43 * giga), {}, with(giga), /*force=*/true);
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

TEST(ElevenBillionRoom, PredictFitsInto16GigabytesInNf4Only) {
  const auto load = eleven_billion(at::kFloat);
  const auto input = one_question(load);
  const auto need = inference_need(load, input);
  EXPECT_GT(need.host(), 42 * giga);
  const auto said = error_of(ExitCode::usage, [&] {
    require_room("predict", need, inference_options(load, input, {false, true, false}),
                 with(16 * giga), false);
  });
  EXPECT_TRUE(has(said, "--base-quantisation nf4"));
  EXPECT_FALSE(has(said, "use --dtype bf16 ("));
}

TEST(ElevenBillionRoom, LoadingAsNf4HoldsPagesOfTheLargestTensor) {
  const auto load = eleven_billion(at::kBFloat16, nn::Quantisation::nf4);
  const auto need = inference_need(load, one_question(load));
  // Measured: docs/users/quantisation.md has 8.37 GB for loading.
  EXPECT_NEAR(static_cast<double>(need.host_peak()), 8.37e9, 0.84e9);
}

TEST(ElevenBillionRoom, ADeviceHoldsTheWeights) {
  auto load = eleven_billion(at::kBFloat16);
  load.cuda = true;
  auto input = one_question(load);
  input.cuda = true;
  const auto need = inference_need(load, input);
  EXPECT_GT(need.device, 21 * giga);
  EXPECT_LT(need.host(), 5 * giga);
}

TEST(ElevenBillionRoom, SpreadWeightsAreDividedAmongProcesses) {
  auto load = eleven_billion(at::kBFloat16);
  const auto alone = need_of(load, 25 * giga, 0);
  load.share = 8;
  const auto shared = need_of(load, 25 * giga, 0);
  EXPECT_NEAR(static_cast<double>(alone.working - shared.working), 19.07e9 * 7 / 8, 0.3e9);
}

TEST(ElevenBillionRoom, AMergeIsStreamed) {
  MergeShape shape;
  lora::LoraSpec spec;
  spec.rank = 64;
  shape.changed = lora::find_targets(model::testing::eleven_billion(), spec);
  shape.written = at::kBFloat16;
  const auto need = plan_merge(eleven_billion(at::kBFloat16), shape);
  EXPECT_LT(need.host_peak(), 2 * giga);
  EXPECT_LT(need.host(), giga);
}

}  // namespace
}  // namespace ecg_lora::plan
