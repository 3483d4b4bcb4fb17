// The parts of decoding and likelihoods that need no model.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <map>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/inference/decoding/decode.h"
#include "ecg_lora/inference/decoding/likelihood.h"
#include "ecg_lora/inference/decoding/options.h"
#include "left_padding.h"
#include "prefix_tree.h"
#include "sampling.h"

namespace ecg_lora::decoding {
namespace {

/// A token a character, but for the words it is given.
class Letters : public text::Tokenizer {
 public:
  explicit Letters(std::map<std::string, std::int64_t> words) : words_(std::move(words)) {}
  std::vector<std::int64_t> encode(std::string_view text) const override {
    if (const auto word = words_.find(std::string(text)); word != words_.end())
      return {word->second};
    return {text.begin(), text.end()};
  }
  std::string decode(const std::vector<std::int64_t>&, bool) const override { return ""; }
  std::optional<std::int64_t> id(std::string_view token) const override {
    const auto word = words_.find(std::string(token));
    return word == words_.end() ? std::nullopt : std::make_optional(word->second);
  }
  std::int64_t size() const override { return 1000; }

 private:
  std::map<std::string, std::int64_t> words_;
};

TEST(PrefixTree, RowsShareTheirBeginning) {
  PrefixTree tree;
  const auto first = tree.path(-1, {{5, ""}, {6, ""}, {7, ""}}),
             second = tree.path(-1, {{5, ""}, {6, ""}, {8, ""}}),
             third = tree.path(-1, {{5, ""}, {6, "\1"}, {7, ""}});
  ASSERT_EQ(tree.nodes().size(), 6u);  // 5 6 7, then 8, then 6 and 7 that see another tile
  const auto node = [&](std::int64_t n) { return tree.nodes()[static_cast<std::size_t>(n)]; };
  EXPECT_EQ(node(first).parent, node(second).parent);
  EXPECT_NE(node(first).parent, node(third).parent);
  EXPECT_EQ(node(third).depth, 2);
  EXPECT_EQ(tree.path(-1, {{5, ""}, {6, ""}, {7, ""}}), first);
}

TEST(LeftPadding, TurnsRowsAndWhatTheySee) {
  data::Batch batch;
  batch.tokens = at::tensor({1, 2, 0, 0, 3, 4, 5, 0, 0, 6, 7, 8}, at::kLong).view({3, 4});
  batch.attention_mask = at::tensor({1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1}, at::kLong).view({3, 4});
  batch.cross_mask = batch.attention_mask.to(at::kBool).view({3, 4, 1, 1});
  const auto left = left_padded(batch);
  EXPECT_TRUE(
      left.tokens.equal(at::tensor({0, 0, 1, 2, 0, 3, 4, 5, 0, 6, 7, 8}, at::kLong).view({3, 4})))
      << left.tokens;
  EXPECT_TRUE(left.attention_mask.equal(
      at::tensor({0, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1}, at::kLong).view({3, 4})));
  EXPECT_TRUE(left.cross_mask.flatten(1).equal(left.attention_mask.to(at::kBool)));
  batch.attention_mask[1].fill_(0);
  EXPECT_THROW(left_padded(batch), Error);
}

TEST(Choose, TakesTheQuantileOfWhatIsLeft) {
  const auto logits = at::tensor({0.1, 0.6, 0.3}, at::kDouble).log().unsqueeze(0);
  const auto at_quantile = [&](double u, DecodeOptions options) {
    return choose(logits, options, at::tensor({u}, at::kDouble)).item<std::int64_t>();
  };
  DecodeOptions options;
  EXPECT_EQ(at_quantile(0.99, options), 1);  // greedy
  options.temperature = 1;
  EXPECT_EQ(at_quantile(0.59, options), 1);
  EXPECT_EQ(at_quantile(0.61, options), 2);
  EXPECT_EQ(at_quantile(0.91, options), 0);
  options.top_k = 2;
  EXPECT_EQ(at_quantile(0.9999, options), 2);
  EXPECT_EQ(at_quantile(0.66, options), 1);  // 0.6 of 0.9
  options.top_k = 0, options.top_p = 0.6;
  EXPECT_EQ(at_quantile(0.9999, options), 1);
  options.top_p = 0.61;
  EXPECT_EQ(at_quantile(0.9999, options), 2);
}

TEST(YesNoVariants, WholeWordsThatTellApart) {
  const auto variants = yes_no_variants(Letters({{"Yes", 500}, {"No", 501}, {" no", 'n'}}));
  using Tokens = std::vector<std::vector<std::int64_t>>;
  EXPECT_EQ(
      variants.yes,
      (Tokens{
          {500}, {'y', 'e', 's'}, {'Y', 'E', 'S'}, {' ', 'Y', 'e', 's'}, {' ', 'y', 'e', 's'}}));
  EXPECT_EQ(
      variants.no,
      (Tokens{{501}, {'N', 'O'}, {' ', 'N', 'o'}, {'n'}}));  // "no" begins with the token of " no"
  const Letters blind({{"Yes", 0},
                       {"yes", 0},
                       {"YES", 0},
                       {" Yes", 0},
                       {" yes", 0},
                       {"No", 0},
                       {"no", 0},
                       {"NO", 0},
                       {" No", 0},
                       {" no", 0}});
  EXPECT_THROW(yes_no_variants(blind), Error);
}

TEST(Options, ProbabilitiesAndTheEndOfTheTurn) {
  const auto p = option_probabilities({-1000.0, -1000.0 + std::log(3.0)});
  EXPECT_NEAR(p[0], 0.25, 1e-12);
  EXPECT_NEAR(p[1], 0.75, 1e-12);
  const Letters tokenizer({{"a<|eot_id|>", 9}});
  EXPECT_EQ(encode_options(tokenizer, {"a"}).front(), std::vector<std::int64_t>{9});
  EXPECT_EQ(encode_options(tokenizer, {"a"}, false).front(), std::vector<std::int64_t>{'a'});
  EXPECT_THROW(encode_options(tokenizer, {""}), Error);
}

TEST(Stops, OfTheCheckpointAndTheEndOfTheTurn) {
  model::ModelConfig config;
  const Letters tokenizer({{"<|eot_id|>", 9}});
  using Ids = std::vector<std::int64_t>;
  for (const auto& [own, all] : std::vector<std::pair<Ids, Ids>>{{{7}, {7, 9}}, {{1, 9}, {1, 9}}}) {
    config.eos_token_ids = own;
    EXPECT_EQ(load_stops(config, tokenizer), all);
  }
}

}  // namespace
}  // namespace ecg_lora::decoding
