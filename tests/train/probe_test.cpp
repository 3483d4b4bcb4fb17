// What a run asks its model at a validation: labels against likelihoods called directly, and
// answers on sample pages.
#include "ecg_lora/train/probe/probe.h"

#include <memory>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/data/loader/training_data.h"
#include "ecg_lora/model/tiny/tiny_model.h"
#include "ecg_lora/synthetic/cohort/dataset.h"
#include "ecg_lora/text/chat_format.h"

namespace ecg_lora::probe {
namespace {

using ecg_lora::testing::error_of, ecg_lora::testing::has;
namespace fs = std::filesystem;

/// A tiny model and synthetic records, all of them for validation.
struct ProbeWorld {
  ProbeWorld() {
    fs::create_directories(folder);
    tiny::ModelShape shape;
    shape.tile_size = 56, shape.patch_size = 28, shape.max_tiles = 1;
    shape.vision_width = 32, shape.vision_heads = 2, shape.vision_mlp = 64;
    shape.local_layers = 1, shape.global_layers = 1, shape.kept_layers = {0};
    shape.text_width = 32, shape.heads = 2, shape.kv_heads = 1, shape.text_mlp = 64;
    shape.text_layers = 2, shape.cross_layers = {1};
    tiny::write_model(folder / "base", shape, 1, "fp32");
    synthetic::write_dataset(folder / "d", {synthetic::Preset::findings, 6, 5});
    model = model::load_model(folder / "base", at::kCPU, at::kFloat);
    model->eval();
    from.database = std::make_shared<const ptbxl::Database>(ptbxl::load_database(folder / "d"));
    from.labels = std::make_shared<const ptbxl::LabelSet>(*from.database, "all");
    from.chat = text::load_chat_format(folder / "base");
    from.image = data::load_image_config(folder / "base");
    from.batch.images = 4;
    from.pad_id = model->config().pad_token_id;
    from.threads = 1;
    from.data.root = (folder / "d").string();
    from.data.labels = "all";
    from.data.valid_folds = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  }
  ~ProbeWorld() {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }

  fs::path folder = fs::temp_directory_path() / cat("ecg-lora-probe-", ::getpid());
  model::Mllama model{nullptr};
  data::TrainingSources from;
};

class ValidationProbeTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { world_ = std::make_unique<ProbeWorld>(); }
  static void TearDownTestSuite() { world_.reset(); }

  static ValidationProbe probe_of(const train::LoopConfig& loop,
                                  const data::MixedSource* validation = nullptr) {
    return {world_->from, loop, validation, world_->model};
  }
  static data::TrainingData validation() {
    return data::make_training_data(world_->from, data::Split::validation,
                                    std::make_shared<data::SkipLog>());
  }
  /// A label that some records have and some have not.
  static std::string mixed_label() {
    const auto& labels = world_->from.labels->labels();
    for (std::size_t k = 0; k < labels.size(); ++k) {
      std::size_t positives = 0;
      for (const auto& record : world_->from.database->records)
        positives += world_->from.labels->of(record)[k];
      if (positives > 0 && positives < world_->from.database->records.size()) return labels[k].name;
    }
    ADD_FAILURE() << "no label divides the records";
    return "";
  }
  /// P(yes) of `label` and whether it is right, for each record.
  static std::vector<std::pair<double, bool>> asked_directly(const std::string& label) {
    const auto& from = world_->from;
    auto samples =
        instruct::make_record_questions(*from.database, *from.labels, from.data.valid_folds);
    for (auto& sample : samples)
      std::erase_if(sample.questions, [&](const auto& q) { return q.label != label; });
    data::PromptSource source(from.database, samples, from.chat, 100,
                              data::PageMaker(from.page, from.image, from.paper, from.seed),
                              from.batch, from.pad_id);
    const auto variants = decoding::yes_no_variants(*from.chat.tokenizer);
    std::vector<std::pair<double, bool>> answers;
    for (std::int64_t i = 0; i < source.size(); ++i) {
      const auto p = decoding::yes_probabilities(world_->model, source.get(0, i), variants);
      for (std::size_t row = 0; row < p.size(); ++row)
        answers.emplace_back(p[row], source.samples(i)[row]->questions.front().positive);
    }
    return answers;
  }

  static inline std::unique_ptr<ProbeWorld> world_;
};

/// The share of pairs of a record with the label and one without in which the first is likelier.
double share_of_ordered_pairs(const std::vector<std::pair<double, bool>>& answers) {
  double ordered = 0, pairs = 0;
  for (const auto& [p, positive] : answers)
    for (const auto& [q, other] : answers)
      if (positive && !other) ordered += p > q ? 1 : p == q ? 0.5 : 0, ++pairs;
  return ordered / pairs;
}

TEST_F(ValidationProbeTest, ComputesTheAurocOfTheLabelsThatAreNamed) {
  train::LoopConfig loop;
  const auto label = mixed_label();
  loop.validate_auroc_labels = {label};
  loop.validate_auroc_records = 1000;
  auto probe = probe_of(loop);
  EXPECT_FALSE(probe.empty());
  const auto result = probe.ask();
  ASSERT_EQ(result.auroc_of.size(), 1u);
  ASSERT_TRUE(result.auroc);
  const auto expected = share_of_ordered_pairs(asked_directly(label));
  EXPECT_NEAR(*result.auroc, expected, 1e-12);
  EXPECT_NEAR(result.auroc_of[label].get<double>(), expected, 1e-12);
  EXPECT_TRUE(result.answers.empty());
}

TEST_F(ValidationProbeTest, ALabelOfOneClassHasNoAuroc) {
  train::LoopConfig loop;
  loop.validate_auroc_labels = {mixed_label()};
  loop.validate_auroc_records = 1;
  const auto result = probe_of(loop).ask();
  EXPECT_FALSE(result.auroc);
  EXPECT_TRUE(result.auroc_of[loop.validate_auroc_labels[0]].is_null());
}

TEST_F(ValidationProbeTest, AnswersSamplePagesAndKeepsTheirPictures) {
  train::LoopConfig loop;
  loop.validate_pages = 3, loop.validate_max_new_tokens = 5;
  const auto data = validation();
  auto probe = probe_of(loop, data.source.get());
  const auto result = probe.ask();
  EXPECT_FALSE(result.auroc);
  ASSERT_EQ(result.answers.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(result.answers[i]["page"], i);
    EXPECT_FALSE(result.answers[i]["question"].get<std::string>().empty());
    EXPECT_TRUE(result.answers[i].contains("answer"));
    const auto expected = result.answers[i]["expected"].get<std::string>();
    EXPECT_TRUE(expected == "Yes" || expected == "No") << expected;
    EXPECT_GT(result.answers[i]["p_yes"].get<double>(), 0);
  }
  const ecg_lora::testing::TemporaryFolder run;
  write_file(run / "samples/1.png", "of an earlier start");
  probe.write_pages(run / "");
  EXPECT_GT(fs::file_size(run / "samples/0.png"), 100u);
  EXPECT_TRUE(fs::exists(run / "samples/2.png"));
  EXPECT_EQ(read_file(run / "samples/1.png"), "of an earlier start");
}

TEST_F(ValidationProbeTest, AsksNothingIfNothingIsNamed) {
  train::LoopConfig loop;
  loop.validate_pages = 0;
  const auto data = validation();
  EXPECT_TRUE(probe_of(loop, data.source.get()).empty());
  loop.validate_pages = 2;
  EXPECT_TRUE(probe_of(loop).empty()) << "there are no validation data";
  EXPECT_FALSE(probe_of(loop, data.source.get()).empty());
}

TEST_F(ValidationProbeTest, RefusesLabelsThatAreNotThere) {
  train::LoopConfig loop;
  loop.validate_auroc_labels = {mixed_label() + "X"};
  const auto said = error_of(ExitCode::usage, [&] { probe_of(loop); });
  EXPECT_TRUE(has(said, cat("'", mixed_label(), "X' is not one of data.labels all")));
  EXPECT_TRUE(has(said, cat("the nearest is '", mixed_label(), "'")));
  auto without = world_->from;
  without.database = nullptr;
  EXPECT_TRUE(has(
      error_of(ExitCode::usage, [&] { ValidationProbe(without, loop, nullptr, world_->model); }),
      "but data.root is empty"));
}

}  // namespace
}  // namespace ecg_lora::probe
