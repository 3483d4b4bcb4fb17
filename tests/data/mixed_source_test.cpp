#include "ecg_lora/data/loader/mixed_source.h"

#include <map>
#include <set>

#include "data/instruct_world.h"

namespace ecg_lora::data {
namespace {

using testing::error_of;
using testing::has;

/// Bundles of one sample each, without pages: texts, or numbered by `first` where they shall have
/// pages (whose files do not exist).
class Numbers : public SampleSource {
 public:
  Numbers(std::vector<std::int64_t> counts, std::int64_t first)
      : counts_(std::move(counts)), first_(first) {}
  std::vector<std::int64_t> counts() const override { return counts_; }
  std::vector<Conversation> get(std::int64_t pass, std::int64_t pages,
                                std::int64_t index) const override {
    return {{{},
             std::vector<PageRef>(static_cast<std::size_t>(pages)),
             first_ + 1000 * pages + index,
             cat("pass ", pass)}};
  }

 private:
  std::vector<std::int64_t> counts_;
  std::int64_t first_;
};

class Mixture : public testing::InstructWorld {
 protected:
  MixedSource mix(std::vector<WeightedSource> sources, bool shuffled = true) const {
    return {std::move(sources), maker(), shuffled, 7};
  }
  static WeightedSource numbers(std::vector<std::int64_t> counts, std::int64_t first,
                                double weight) {
    return {std::make_shared<Numbers>(std::move(counts), first), weight};
  }

  /// How often each id comes in `epochs`.
  static std::map<std::int64_t, int> tally(MixedSource& source, std::int64_t first,
                                           std::int64_t past) {
    std::map<std::int64_t, int> counts;
    for (auto epoch = first; epoch < past; ++epoch)
      for (std::int64_t i = 0; i < source.size(); ++i)
        for (const auto& sample : source.samples(epoch, i)) ++counts[sample.id];
    return counts;
  }
};

TEST_F(Mixture, WeightsSayHowOftenASampleComes) {
  auto source = mix({numbers({40}, 0, 1), numbers({40}, 100, 0.25), numbers({10}, 200, 3),
                     numbers({10}, 300, 0)});
  EXPECT_EQ(source.size(), (40 + 10 + 30 + 3) / 4);
  for (const std::int64_t epoch : {0, 1, 5}) {
    const auto counts = tally(source, epoch, epoch + 1);
    for (std::int64_t id = 0; id < 40; ++id) EXPECT_EQ(counts.at(id), 1);
    for (std::int64_t id = 200; id < 210; ++id) EXPECT_EQ(counts.at(id), 3);
    EXPECT_EQ(counts.size(), 40u + 10u + 10u);  // a quarter of the second, none of the last
  }
  const auto four = tally(source, 0, 4), later = tally(source, 8, 12);
  for (std::int64_t id = 100; id < 140; ++id) {
    EXPECT_EQ(four.at(id), 1);  // a quarter in each epoch, and no sample again before all were seen
    EXPECT_EQ(later.at(id), 1);
  }
}

TEST_F(Mixture, WeightsThatDoNotDivideComeOutInTheLongRun) {
  auto source = mix({numbers({10}, 0, 0.7)});
  for (const auto& [id, count] : tally(source, 0, 10)) EXPECT_EQ(count, 7) << id;
}

TEST_F(Mixture, RowsOfABatchHaveTheSameNumberOfPagesAndSourcesAreMixed) {
  batch_.images = 6;
  auto source = mix({numbers({12, 12, 12}, 0, 1), numbers({12, 12, 12, 4}, 100, 1)});
  EXPECT_EQ(
      source.size(),
      4 + 4 + 8 +
          2);  // 24 texts in sixes, 24 of one page in sixes, of two in threes, 4 of three in twos
  std::set<std::size_t> orders;
  bool mixed = false;
  for (std::int64_t i = 0; i < source.size(); ++i) {
    const auto samples = source.samples(0, i);
    const auto pages = samples.front().pages.size();
    EXPECT_LE(pages * samples.size(), 6u);
    for (const auto& sample : samples) {
      EXPECT_EQ(sample.pages.size(), pages);
      mixed = mixed || (sample.id % 1000 >= 100) != (samples.front().id % 1000 >= 100);
    }
    if (i < 4) orders.insert(pages);
  }
  EXPECT_TRUE(mixed);
  EXPECT_GT(orders.size(), 1u);  // batches of texts do not come in a block
}

TEST_F(Mixture, UnshuffledTakesEverySampleOnceInOrder) {
  auto source = mix({numbers({3}, 0, 5), numbers({2}, 100, 0.1)}, false);
  std::vector<std::int64_t> ids;
  for (std::int64_t i = 0; i < source.size(); ++i)
    for (const auto& sample : source.samples(9, i)) ids.push_back(sample.id);
  EXPECT_EQ(ids, (std::vector<std::int64_t>{0, 1, 2, 100, 101}));
}

TEST_F(Mixture, WeightsMustMakeSense) {
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { mix({numbers({3}, 0, -1)}); }),
                  "weight of a source is -1"));
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { mix({numbers({3}, 0, 0)}); }), "no source"));
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { mix({}); }), "no source"));
}

}  // namespace
}  // namespace ecg_lora::data
