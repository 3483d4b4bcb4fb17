// What training and validation are made of: records and instruction files, mixed.
#include "ecg_lora/data/loader/training_data.h"

#include "data/instruct_world.h"

namespace ecg_lora::data {
namespace {

using ecg_lora::testing::error_of, ecg_lora::testing::has;

class TrainingDataTest : public ecg_lora::testing::InstructWorld {
 protected:
  TrainingDataTest() {
    from_.database =
        std::make_shared<const ptbxl::Database>(ptbxl::load_database(folder_ / "d", {}));
    from_.labels = std::make_shared<const ptbxl::LabelSet>(*from_.database, "all");
    from_.chat = {tokenizer_, layout_};
    from_.image = image_;
    from_.batch = batch_;
    from_.pad_id = pad();
    from_.threads = 1;
    from_.data.root = (folder_ / "d").string();
    from_.data.train_folds = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    from_.data.valid_folds = {};
  }
  TrainingData make(Split split = Split::training) const {
    return make_training_data(from_, split, log_);
  }

  TrainingSources from_;
};

TEST_F(TrainingDataTest, MixesRecordsAndInstructions) {
  from_.data.instructions = {write(mixed_items()).string()};
  from_.data.weights = {2};
  const auto training = make();
  ASSERT_EQ(training.sources.size(), 2u);
  EXPECT_EQ(training.sources[0]["records"], from_.database->records.size());
  EXPECT_EQ(training.sources[1]["samples"], 13);
  EXPECT_EQ(training.sources[1]["weight"], 2);
  EXPECT_TRUE(has(training.description, "13 of "));
  EXPECT_EQ(training.samples.size(), 2u);
  EXPECT_FALSE(pages_of(training).empty());
  EXPECT_EQ(make(Split::validation).source, nullptr);
}

TEST_F(TrainingDataTest, RefusesNothingToTrainOnAndWeightsOfNoFile) {
  from_.data.weights = {1, 2};
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { make(); }), "data.weights has 2 numbers for 0"));
  from_.data.weights = {};
  from_.data.train_folds = {};
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { make(); }), "data.train_folds is []"));
  from_.data.root = "";
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { make(); }), "data.root is empty"));
}

TEST_F(TrainingDataTest, LeavesOutSamplesWithoutAPageIfOnlyPagesTeach) {
  from_.database = nullptr, from_.labels = nullptr, from_.data.root = "";
  from_.data.recording_roots = {(folder_ / "d").string()};
  from_.data.instructions = {write(mixed_items()).string()};
  const auto with_texts = make();
  from_.only_pages = true;
  EXPECT_EQ(with_texts.samples[0]->counts()[0], 2);
  EXPECT_EQ(make().samples[0]->counts()[0], 0);
  from_.data.instructions = {write(Json::array({item(7, {})}), "b.json").string()};
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { make(); }), "samples without a page"));
}

TEST_F(TrainingDataTest, SaysHowManyAreTooLong) {
  from_.batch.max_tokens = 8;
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { make(); }), "than batch.max_tokens 8 tokens"));
  from_.batch.too_long = "skip";
  EXPECT_GT(make().sources[0]["left_out"]["too_long"], 0);
}

}  // namespace
}  // namespace ecg_lora::data
