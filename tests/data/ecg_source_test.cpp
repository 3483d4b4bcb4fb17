#include "ecg_lora/data/loader/ecg_source.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <set>

#include "base/expect_error.h"
#include "data/instruct_world.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/synthetic/cohort/dataset.h"
#include "ecg_lora/text/train_sentencepiece.h"

namespace ecg_lora::data {
namespace {

using testing::error_of;
using testing::has;
using testing::same;
using testing::TemporaryFolder;

/// A small synthetic data set with a tokenizer of its questions. Every record has yes and no among
/// its labels.
class Source : public ::testing::Test {
 protected:
  Source() {
    synthetic::write_dataset(folder_ / "d", {synthetic::Preset::findings, 12, 5});
    database_ = std::make_shared<ptbxl::Database>(ptbxl::load_database(folder_ / "d"));
    samples_ = instruct::make_record_questions(*database_, {*database_, "all"},
                                               {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
    std::vector<std::string> corpus;
    for (const auto& question : samples_.front().questions)
      corpus.push_back(question.text + " system user assistant");
    std::filesystem::create_directories(folder_ / "t");
    text::train_sentencepiece(corpus, 400, folder_ / "t");
    tokenizer_ = text::load_tokenizer(folder_ / "t");
    batch_.images = 5;
    batch_.questions = 4;
  }

  std::unique_ptr<EcgSource> make(bool shuffled, std::uint64_t seed) const {
    return std::make_unique<EcgSource>(
        database_, samples_, text::ChatFormat{tokenizer_}, DataConfig{}, page::PageConfig{}, image_,
        batch_, *tokenizer_->id("<|finetune_right_pad_id|>"), shuffled, seed);
  }

  /// ecg_id of each image of an epoch, in order.
  static std::vector<std::int64_t> images(BatchSource& source, std::int64_t epoch) {
    std::vector<std::int64_t> ids;
    for (std::int64_t i = 0; i < source.size(); ++i) {
      const auto batch = source.get(epoch, i);
      for (std::int64_t row = 0; row < batch.rows(); ++row) {
        const auto id = batch.sample_ids[static_cast<std::size_t>(row)];
        if (row == 0 || batch.row_images[row].item<std::int64_t>() !=
                            batch.row_images[row - 1].item<std::int64_t>())
          ids.push_back(id);
      }
    }
    return ids;
  }

  static std::vector<std::int64_t> values(const at::Tensor& row) {
    return {row.const_data_ptr<std::int64_t>(), row.const_data_ptr<std::int64_t>() + row.numel()};
  }

  /// The text a row is to learn, for example "Yes".
  std::string answer(const Batch& batch, std::int64_t row) const {
    std::vector<std::int64_t> ids;
    for (std::int64_t i = 0; i < batch.labels.size(1); ++i)
      if (const auto label = batch.labels[row][i].item<std::int64_t>(); label != -100)
        ids.push_back(label);
    EXPECT_FALSE(ids.empty());
    EXPECT_EQ(ids.back(), *tokenizer_->id("<|eot_id|>"));
    return tokenizer_->decode(ids);
  }

  const TemporaryFolder folder_;
  std::shared_ptr<const ptbxl::Database> database_;
  std::vector<instruct::RecordQuestions> samples_;
  std::shared_ptr<const text::Tokenizer> tokenizer_;
  ImageConfig image_{28, 4};
  BatchConfig batch_;
};

TEST_F(Source, ARecordHasThePageOfItsRowWhicheverWayItIsNamed) {
  page::PageConfig with;
  with.header = true;
  const auto& record = database_->records[3];
  const auto ref = record_page(*database_, record, 100);
  EXPECT_FALSE(record.recording_date.empty());
  EXPECT_EQ(ref.known.recorded, record.recording_date);
  const auto by_row = PageMaker(with, image_).picture(ref, 0);
  const auto by_path =
      PageMaker(with, image_).picture({true, database_->waveform(record, 100), {}}, 0);
  EXPECT_TRUE(by_row.rgb == by_path.rgb);
  auto other = ref;
  other.known.recorded = "1984-11-09 09:17:34";
  EXPECT_FALSE(by_row.rgb == PageMaker(with, image_).picture(other, 0).rgb)
      << "the date is printed";
}

TEST_F(Source, CoversEachRecordOnceAnEpoch) {
  const auto source = make(true, 3);
  EXPECT_EQ(source->size(), static_cast<std::int64_t>((samples_.size() + 4) / 5));
  std::set<std::int64_t> expected;
  for (const auto& sample : samples_)
    expected.insert(database_->records[static_cast<std::size_t>(sample.index)].ecg_id);
  for (const std::int64_t epoch : {0, 1}) {
    const auto ids = images(*source, epoch);
    EXPECT_EQ(ids.size(), samples_.size());
    EXPECT_EQ(std::set<std::int64_t>(ids.begin(), ids.end()), expected);
  }
}

TEST_F(Source, OrderIsAFunctionOfSeedAndEpoch) {
  const auto source = make(true, 3), again = make(true, 3), other = make(true, 4);
  const auto first = images(*source, 0), second = images(*source, 1);
  EXPECT_NE(first, second);
  EXPECT_EQ(images(*again, 1), second);  // asked for epoch 1 first
  EXPECT_EQ(images(*again, 0), first);
  EXPECT_NE(images(*other, 0), first);
  const auto table = make(false, 3);
  const auto ids = images(*table, 2);
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  EXPECT_EQ(images(*table, 0), ids);
}

TEST_F(Source, ABatchIsTheSameWhateverWasAskedForBefore) {
  const auto source = make(true, 3), jumping = make(true, 3);
  const auto expected = source->get(1, 2);
  for (const auto& [epoch, index] : {std::pair{0, 1}, {1, 0}, {5, 2}}) jumping->get(epoch, index);
  EXPECT_TRUE(same(jumping->get(1, 2), expected));
  EXPECT_FALSE(same(jumping->get(2, 2), expected));
}

TEST_F(Source, DrawsAsManyYesAsNo) {
  const auto source = make(true, 3);
  for (std::int64_t index = 0; index < source->size(); ++index) {
    const auto batch = source->get(0, index);
    std::map<std::int64_t, std::map<std::string, int>> answers;
    for (std::int64_t row = 0; row < batch.rows(); ++row)
      ++answers[batch.sample_ids[static_cast<std::size_t>(row)]][answer(batch, row)];
    for (const auto& [ecg_id, count] : answers) {
      const auto record =
          std::find_if(samples_.begin(), samples_.end(), [&, id = ecg_id](const auto& sample) {
            return database_->records[static_cast<std::size_t>(sample.index)].ecg_id == id;
          });
      const auto positive =
          static_cast<int>(std::count_if(record->questions.begin(), record->questions.end(),
                                         [](const auto& q) { return q.positive; }));
      const auto negative = static_cast<int>(record->questions.size()) - positive;
      const int yes = std::min(positive, std::max(2, 4 - std::min(4, negative)));
      EXPECT_EQ(count.count("Yes") ? count.at("Yes") : 0, yes) << "record " << ecg_id;
      EXPECT_EQ(count.count("No") ? count.at("No") : 0, 4 - yes) << "record " << ecg_id;
    }
  }
}

/// Runs from before instruction files existed must resume: order, questions and tokens are those of
/// then.
TEST_F(Source, BatchesAreThoseOfEarlierVersions) {
  const auto source = make(true, 3);
  std::string text;
  for (const std::int64_t epoch : {0, 1})
    for (std::int64_t index = 0; index < source->size(); ++index) {
      const auto batch = source->get(epoch, index);
      for (std::int64_t row = 0; row < batch.rows(); ++row)
        text += cat(batch.sample_ids[static_cast<std::size_t>(row)], "/",
                    batch.row_images[row].item<std::int64_t>(), "/",
                    tokenizer_->decode(values(batch.tokens[row]), false), "/", answer(batch, row),
                    "\n");
    }
  EXPECT_EQ(sha256(text), "fd4ae1b65e7051ee98ab701e3ab09f8d357bd1376990869137913ca35c8711ad");
}

TEST_F(Source, QuestionsOfARecordDifferBetweenEpochs) {
  const auto source = make(false, 3);
  const auto a = source->get(0, 0), b = source->get(1, 0);
  EXPECT_TRUE(same(a.pixels, b.pixels));
  EXPECT_FALSE(same(a.tokens, b.tokens));
}

TEST_F(Source, AsksAllLabelsWhereNoNumberIsGiven) {
  batch_.questions = 0;
  const auto batch = make(false, 3)->get(0, 0);
  ASSERT_EQ(batch.rows(), 5 * static_cast<std::int64_t>(samples_.front().questions.size()));
  ASSERT_EQ(batch.pixels.size(0), 5);
  EXPECT_TRUE(same(batch.row_images.flatten(), at::arange(5).repeat_interleave(batch.rows() / 5)));
}

TEST_F(Source, PixelsAreThoseOfThePage) {
  const auto batch = make(false, 3)->get(0, 1);
  for (std::size_t i = 0; i < 5; ++i) {
    const auto& record = database_->records[static_cast<std::size_t>(samples_[5 + i].index)];
    const auto page =
        page::draw_page(wfdb::read_record(database_->waveform(record, 100)), page::PageConfig{});
    EXPECT_TRUE(
        same(batch.pixels[static_cast<std::int64_t>(i)], make_tiles(page.image, image_).pixels));
  }
}

TEST_F(Source, WorkersChangeNoByte) {
  const auto plain = make(true, 9);
  for (const int workers : {0, 1, 4}) {
    const auto ahead = prefetch(make(true, 9), workers);
    ASSERT_EQ(ahead->size(), plain->size());
    for (const std::int64_t epoch : {0, 1})
      for (std::int64_t i = 0; i < plain->size(); ++i)
        EXPECT_TRUE(same(ahead->get(epoch, i), plain->get(epoch, i)))
            << workers << " workers, epoch " << epoch << ", batch " << i;
    for (const auto& [epoch, index] :
         {std::pair{7, 3}, {0, 0}, {0, 0}, {2, 1}})  // resumed and repeated
      EXPECT_TRUE(same(ahead->get(epoch, index), plain->get(epoch, index)))
          << workers << " workers, epoch " << epoch << ", batch " << index;
  }
}

/// A source that says how often it was asked.
class Counted : public BatchSource {
 public:
  Counted(std::unique_ptr<BatchSource> source, std::atomic<int>& asked)
      : source_(std::move(source)), asked_(asked) {}
  std::int64_t size() const override { return source_->size(); }
  Batch get(std::int64_t epoch, std::int64_t index) override {
    return ++asked_, source_->get(epoch, index);
  }

 private:
  std::unique_ptr<BatchSource> source_;
  std::atomic<int>& asked_;
};

TEST_F(Source, NothingIsComputedBeyondWhatIsAskedFor) {
  std::atomic<int> asked = 0;
  {
    const auto ahead = prefetch(std::make_unique<Counted>(make(false, 9), asked), 3, 2);
    for (const std::int64_t epoch : {0, 0, 1})
      for (std::int64_t i = 0; i < 2; ++i)
        EXPECT_TRUE(same(ahead->get(epoch, i), make(false, 9)->get(epoch, i)));
    EXPECT_EQ(asked, 6);
    EXPECT_TRUE(same(ahead->get(0, 2), make(false, 9)->get(0, 2)));
  }
  EXPECT_EQ(asked, 7);
}

TEST_F(Source, AnErrorOfAWorkerReachesTheCallerAndTheNextBatchesStillCome) {
  std::filesystem::remove(database_->waveform(database_->records[7], 100).string() + ".dat");
  const auto ahead = prefetch(make(false, 1), 3);
  EXPECT_TRUE(same(ahead->get(0, 0), make(false, 1)->get(0, 0)));
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { ahead->get(0, 1); }), ".dat"));
  EXPECT_TRUE(same(ahead->get(0, 2), make(false, 1)->get(0, 2)));
}

TEST_F(Source, RefusesARowThatIsTooLong) {
  batch_.max_tokens = 10;
  const auto source = make(true, 3);
  EXPECT_TRUE(
      has(error_of(ExitCode::usage, [&] { source->get(0, 0); }), "more than batch.max_tokens 10"));
}

}  // namespace
}  // namespace ecg_lora::data
