// The 11B shape from its config.json alone, without weights: tensor table and trainable parameters.
#include <numeric>

#include "base/expect_error.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/model/shape/table.h"
#include "model/shapes.h"

namespace ecg_lora::lora {
namespace {

using model::testing::eleven_billion;
using testing::error_of, testing::has;

std::int64_t trainable(std::int64_t rank, std::vector<std::string> text,
                       std::vector<std::string> vision, bool projector = false) {
  LoraSpec spec;
  spec.rank = rank;
  spec.text = std::move(text);
  spec.vision = std::move(vision);
  spec.projector = projector;
  return count(eleven_billion(), spec).trainable;
}

TEST(ElevenBillion, HasItsTensors) {
  const auto table = model::tensor_table(eleven_billion());
  EXPECT_EQ(table.size(), 906u);
  std::int64_t parameters = 0;
  for (const auto& tensor : table)
    parameters += std::accumulate(tensor.shape.begin(), tensor.shape.end(), std::int64_t{1},
                                  std::multiplies<>());
  EXPECT_NEAR(static_cast<double>(parameters), 10.67e9, 0.01e9);  // as its model card has it
}

TEST(ElevenBillion, HasThePublishedTrainableParameters) {
  EXPECT_EQ(trainable(16, {"*"}, {"*"}), 67174400);
  EXPECT_EQ(trainable(16, {"*"}, {}), 52428800);
  EXPECT_EQ(trainable(16, {}, {"*"}), 14745600);
  EXPECT_EQ(trainable(16, {}, {}, true), 188416);
  EXPECT_EQ(trainable(8, {"*"}, {"*"}), 33587200);
  EXPECT_EQ(trainable(64, {"*"}, {"*"}), 268697600);
  EXPECT_EQ(trainable(8, {"*q_proj", "*v_proj"}, {"*q_proj", "*v_proj"}), 5898240);
}

TEST(Targets, NeedPagesUnlessTheyChangeEveryText) {
  LoraSpec spec;
  spec.text = {"layers.3.*", "layers.8.*"}, spec.vision = {"*"};  // layers that look at pages
  EXPECT_TRUE(needs_pages(eleven_billion(), spec));
  spec.text = {}, spec.projector = true;
  EXPECT_TRUE(needs_pages(eleven_billion(), spec));
  spec.text = {"layers.2.*"};
  EXPECT_FALSE(needs_pages(eleven_billion(), spec));
}

TEST(Targets, RefuseTheFrozenAndWhatHitsNothing) {
  EXPECT_TRUE(has(error_of(ExitCode::usage, [] { trainable(8, {"lm_head"}, {}); }), "lm_head"));
  EXPECT_TRUE(
      has(error_of(ExitCode::usage, [] { trainable(8, {"embed_tokens"}, {}); }), "embed_tokens"));
  EXPECT_TRUE(has(error_of(ExitCode::usage, [] { trainable(8, {"*q_porj"}, {}); }), "q_porj"));
  EXPECT_TRUE(has(error_of(ExitCode::usage, [] { trainable(8, {}, {}); }), "name no linear"));
}

}  // namespace
}  // namespace ecg_lora::lora
