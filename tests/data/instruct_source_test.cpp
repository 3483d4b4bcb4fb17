#include "ecg_lora/data/loader/instruct_source.h"

#include <set>

#include "data/instruct_world.h"
#include "support/shared_data.h"

namespace ecg_lora::data {
namespace {

using testing::error_of;
using testing::has;
using testing::same;

class Instruct : public testing::InstructWorld {
 protected:
  /// Sample ids of the rows of an epoch, in order.
  static std::vector<std::int64_t> ids(MixedSource& source, std::int64_t epoch) {
    std::vector<std::int64_t> result;
    for (std::int64_t i = 0; i < source.size(); ++i)
      for (const auto& sample : source.samples(epoch, i)) result.push_back(sample.id);
    return result;
  }
};

TEST_F(Instruct, BundlesSamplesByTheirPages) {
  const auto all = samples(write(mixed_items()));
  EXPECT_EQ(all->counts(),
            (std::vector<std::int64_t>{
                2, 3 + 1 + 1, 1}));  // texts in twos; 5 + 2 + 1 samples in twos; one pair of pages
  const auto& summary = all->summary();
  EXPECT_EQ(summary.samples, 13);
  EXPECT_EQ(summary.page_sets, 4);
  EXPECT_EQ(summary.text_only, 3);
  EXPECT_EQ(summary.several_pages, 2);
  const auto pair = all->get(0, 2, 0);
  ASSERT_EQ(pair.size(), 2u);
  EXPECT_EQ(pair[0].pages.size(), 2u);
  EXPECT_TRUE(pair[0].pages[0].recording);
  EXPECT_EQ(pair[0].pages[1].path.filename(), "00002_lr");
  batch_.questions = 0;
  EXPECT_EQ(samples(folder_ / "a.json")->counts(), (std::vector<std::int64_t>{3, 3, 1}));
}

TEST_F(Instruct, EverySampleComesOnceAnEpoch) {
  auto all = source(write(mixed_items()));
  EXPECT_EQ(all.size(), 1 + 2 + 1);  // texts; 5 bundles of one page in fours; pairs in twos
  for (const std::int64_t epoch : {0, 1, 2}) {
    const auto seen = ids(all, epoch);
    EXPECT_EQ(seen.size(), 13u);
    EXPECT_EQ(std::set<std::int64_t>(seen.begin(), seen.end()).size(), 13u);
  }
  EXPECT_NE(ids(all, 0), ids(all, 1));
}

TEST_F(Instruct, ABatchIsAFunctionOfSeedEpochAndPlace) {
  const auto path = write(mixed_items());
  auto first = source(path), again = source(path), other = source(path, true, 4);
  const auto expected = ids(first, 1);
  for (const auto& [epoch, index] : {std::pair{5, 2}, {0, 0}, {3, 1}}) again.get(epoch, index);
  EXPECT_EQ(ids(again, 1), expected);
  EXPECT_NE(ids(other, 1), expected);
  for (const int workers : {1, 3}) {
    const auto ahead = prefetch(std::make_unique<MixedSource>(source(path)), workers);
    for (const std::int64_t epoch : {0, 1})
      for (std::int64_t i = 0; i < ahead->size(); ++i)
        EXPECT_TRUE(same(ahead->get(epoch, i), first.get(epoch, i)));
    EXPECT_TRUE(same(ahead->get(4, 2), first.get(4, 2)));  // as a resumed run asks
  }
}

TEST_F(Instruct, UnshuffledIsTheOrderOfTheFile) {
  auto all = source(write(mixed_items()), false);
  EXPECT_EQ(ids(all, 0), (std::vector<std::int64_t>{107, 110, 111, 100, 101, 102, 103, 104, 105,
                                                    112, 108, 106, 109}));
  EXPECT_EQ(ids(all, 7), ids(all, 0));
}

TEST_F(Instruct, EachPageIsMadeOnceAndEveryRowKnowsItsOwn) {
  auto all = source(write(mixed_items()), false);
  const auto ones = all.get(0, 1), pairs = all.get(0, 3), texts = all.get(0, 0);
  ASSERT_EQ(ones.pixels.size(0), 2);  // 5 samples on record 1, 2 on record 2
  EXPECT_TRUE(at::equal(ones.row_images.flatten(),
                        at::tensor(std::vector<std::int64_t>{0, 0, 0, 0, 0, 1, 1})));
  ASSERT_EQ(pairs.row_images.sizes(), (std::vector<std::int64_t>{2, 2}));
  EXPECT_TRUE(
      at::equal(pairs.row_images, at::tensor(std::vector<std::int64_t>{0, 1, 0, 1}).view({2, 2})));
  EXPECT_TRUE(at::equal(pairs.pixels[1], ones.pixels[1]));
  EXPECT_TRUE(pairs.cross_mask.select(2, 0).any().item<bool>() &&
              pairs.cross_mask.select(2, 1).any().item<bool>());
  EXPECT_FALSE(texts.pixels.defined());
  EXPECT_EQ(texts.rows(), 3);
}

TEST_F(Instruct, EveryAnswerOfTheAssistantIsLearntAndNothingElse) {
  const auto batch = source(write(Json::array({item(0, {"1"}, 3)})), false).get(0, 0);
  EXPECT_EQ(answer(batch, 0), "number 0number 0 1number 0 2");
  const auto eot = *tokenizer_->id("<|eot_id|>");
  EXPECT_EQ(batch.labels.eq(eot).sum().item<std::int64_t>(), 3);
  EXPECT_EQ(batch.tokens.eq(*tokenizer_->id("<|image|>")).sum().item<std::int64_t>(), 1);
}

TEST_F(Instruct, ATooLongSampleStopsIsSkippedOrCut) {
  auto items = mixed_items();
  std::string words = "It";
  for (int i = 0; i < 60; ++i) words += " is sinus rhythm";
  items.push_back({{"id", 13},
                   {"image", "00003_lr"},
                   {"conversations", {turn("human", "What?"), turn("gpt", words)}}});
  items.push_back({{"id", 14},
                   {"image", "00003_lr"},
                   {"conversations", {turn("human", words), turn("gpt", "It")}}});
  const auto path = write(items);
  batch_.max_tokens = 90;
  const auto message = error_of(ExitCode::usage, [&] { samples(path); });
  EXPECT_TRUE(has(message, "2 of 15 samples have more than batch.max_tokens 90 tokens, the most"))
      << message;
  batch_.too_long = "skip";
  EXPECT_EQ(samples(path)->summary().too_long, 2);
  EXPECT_EQ(log_->count("length"), 2);
  batch_.too_long = "cut";
  EXPECT_EQ(samples(path)->summary().cut, 2);
  auto all = source(path, false);
  std::int64_t rows = 0, full = 0;
  for (std::int64_t i = 0; i < all.size(); ++i) {
    const auto batch = all.get(0, i);
    rows += batch.rows();
    EXPECT_LE(batch.tokens.size(1), 90);
    full += batch.attention_mask.sum(1).eq(90).sum().item<std::int64_t>();
  }
  EXPECT_EQ(rows, 14);  // of 14, no answer is left
  EXPECT_EQ(full, 1);
}

TEST_F(Instruct, LengthsAreThoseOfTheTokenizer) {
  // Without \u escapes or bytes above 127 an item is known to fit from its bytes alone: the bound
  // must hold at the edge.
  const auto path = write(mixed_items());
  const auto all = samples(path);
  std::size_t longest = 0;
  for (std::int64_t pages = 0; pages < 3; ++pages)
    for (std::int64_t i = 0; i < all->counts()[static_cast<std::size_t>(pages)]; ++i)
      for (const auto& sample : all->get(0, pages, i))
        longest = std::max(longest, maker().length(sample));
  batch_.max_tokens = static_cast<int>(longest);
  samples(path);
  batch_.max_tokens = static_cast<int>(longest) - 1;
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { samples(path); }), cat("the most ", longest)));
}

/// `item` with its pages under another key.
Json with_key(Json item, const char* key, const Json& pages) {
  item.erase("image");
  item[key] = pages;
  return item;
}

TEST_F(Instruct, AnEcgIsTheRecordingThatItNames) {
  write_file(folder_ / "records100/00000/00001_lr.png", "no recording");
  Json items = Json::array({with_key(item(0, {}), "ecg", "records100/00000/00001_lr"),
                            with_key(item(1, {}), "ecg", {"1", "x/records100/00000/00002_lr.hea"}),
                            with_key(item(2, {}), "signal", "records100/00000/00001_lr")});
  items[0]["conversations"][0]["value"] = "<ecg>\nRegular?";
  const auto all = samples(write(items));
  EXPECT_EQ(all->summary().page_sets, 2);
  EXPECT_EQ(all->summary().text_only, 1);
  EXPECT_EQ(all->summary().unread.parts, (std::map<std::string, std::int64_t>{{"'signal'", 1}}));
  const auto one = all->get(0, 1, 0), two = all->get(0, 2, 0);
  EXPECT_TRUE(one[0].pages[0].recording);
  EXPECT_EQ(one[0].pages[0].path.filename(), "00001_lr");
  EXPECT_EQ(one[0].turns[0].content, "Regular?");
  EXPECT_EQ(two[0].pages[1].path.filename(), "00002_lr");
  EXPECT_EQ(maker().make(two, 0).pixels.size(0), 2);
}

TEST_F(Instruct, ASystemTurnBesideAnImageIsLaidOutOrRefused) {
  auto items = Json::array({item(0, {"1"}), item(1, {}), item(2, {"1"}), item(3, {"2"})});
  for (const int i : {1, 2, 3}) {
    auto& turns = items[static_cast<std::size_t>(i)]["conversations"];
    turns.insert(turns.begin(), turn("system", "Compare."));
  }
  const auto path = write(items), one = write(Json::array({items[2]}), "one.json");
  layout_ = text::PromptLayout::december;
  EXPECT_EQ(samples(path)->summary().samples, 4);
  const auto batch = source(one).get(0, 0);
  const auto chat = text::encode_chat(
      {tokenizer_, layout_},
      {{"system", "Compare."}, {"user", "What is the rhythm?", 1}, {"assistant", "number 2"}},
      false);
  EXPECT_TRUE(at::equal(batch.tokens[0], at::tensor(chat.ids)));
  EXPECT_EQ(answer(batch, 0), "number 2");
  layout_ = text::PromptLayout::september;
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { samples(path); }),
          "2 of 4 samples, the first " + (folder_ / "a.json").string() + ": item 2 at byte"));
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { samples(path); }), "data.on_bad_sample=skip"));
  const auto kept = samples(path, true, instruct::OnBad::skip);
  EXPECT_EQ(kept->summary().samples, 2);
  EXPECT_EQ(kept->summary().bad_items, 2);
}

TEST_F(Instruct, AMissingImageStopsOrIsSkippedAndNamed) {
  auto items = mixed_items();
  items.push_back(item(13, {"00777_lr.png"}));
  items.push_back(item(14, {"1", "00778_lr.png"}));
  items.push_back({{"id", 15}});
  const auto path = write(items);
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { samples(path); }), "item 15 at byte"));
  const auto kept = samples(path, true, instruct::OnBad::skip);
  EXPECT_EQ(kept->summary().samples, 13);
  EXPECT_EQ(kept->summary().without_image, 2);
  EXPECT_EQ(kept->summary().bad_items, 1);
  EXPECT_EQ(log_->count(), 3);
  items.erase(15);
  const auto message = error_of(ExitCode::data, [&] { samples(write(items)); });
  EXPECT_TRUE(has(message, "item 13 at byte")) << message;
  EXPECT_TRUE(has(message, "00777_lr.hea")) << message;
  EXPECT_TRUE(has(message, "the images of 2 of 6 page sets are missing")) << message;
  EXPECT_TRUE(has(error_of(ExitCode::data,
                           [&] {
                             samples(write(Json::array({item(0, {"00777_lr.png"})})), true,
                                     instruct::OnBad::skip);
                           }),
                  "no sample of"));
}

TEST_F(Instruct, AllOfTheSharedEcgQa) {
  ECG_LORA_NEEDS_SHARED("ecgqa");
  ECG_LORA_NEEDS_SHARED("ptbxl");
  const auto resolver = std::make_shared<instruct::Resolver>(
      instruct::Roots{{}, {(testing::shared_data() / "ptbxl").string()}, 100});
  const InstructSamples all(testing::shared_data() / "ecgqa", resolver, maker(),
                            {4, true, 1, 0, instruct::OnBad::stop, 2}, *log_);
  EXPECT_EQ(all.summary().samples, 1274);
  EXPECT_EQ(all.summary().several_pages, 448);
  const auto pair = all.get(0, 2, 0);
  const auto batch = maker().make(pair, 0);
  EXPECT_EQ(batch.pixels.size(0), 2);
  EXPECT_EQ(batch.row_images.size(1), 2);
}

}  // namespace
}  // namespace ecg_lora::data
