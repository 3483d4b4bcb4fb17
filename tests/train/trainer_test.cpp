// The trainer on a model of two layers and batches made here: steps that are not finite, losses
// that stand out, batches without answers.
#include "ecg_lora/train/loop/trainer.h"

#include <torch/torch.h>

#include <filesystem>
#include <limits>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/train/logging/loss_spike_detector.h"
#include "ecg_lora/train/logging/metrics_log.h"
#include "model/shapes.h"
#include "spike_window.h"

namespace ecg_lora::train {
namespace {

using testing::error_of, testing::has;
namespace fs = std::filesystem;

/// Texts without images; the batches `masked` have no labelled token.
class Texts : public data::BatchSource {
 public:
  explicit Texts(std::vector<std::int64_t> masked = {}) : masked_(std::move(masked)) {}
  std::int64_t size() const override { return 8; }
  data::Batch get(std::int64_t, std::int64_t index) override {
    data::Batch batch;
    batch.tokens = at::arange(1, 9).add(index).remainder(60).view({1, 8}).repeat({2, 1});
    batch.attention_mask = at::ones_like(batch.tokens);
    batch.labels = batch.tokens.clone();
    if (std::find(masked_.begin(), masked_.end(), index) != masked_.end()) batch.labels.fill_(-100);
    batch.row_images = at::full({2, 1}, -1, at::kLong);
    batch.aspect_ratio_id = at::zeros({0}, at::kLong);
    batch.aspect_ratio_mask = at::zeros({0, 4}, at::kLong);
    batch.cross_mask = at::zeros({2, 8, 1, 4}, at::kBool);
    batch.sample_ids = {10 * index, 10 * index + 1};
    return batch;
  }

 private:
  std::vector<std::int64_t> masked_;
};

class TrainerTest : public ::testing::Test {
 protected:
  TrainerTest()
      : run_(fs::temp_directory_path() /
             cat("trainer_test.", getpid(), ".",
                 ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::remove_all(run_);
    fs::create_directories(run_);
    torch::manual_seed(1);
    model_ = model::Mllama(model::testing::small_shape());
    const at::NoGradGuard guard;
    for (auto& parameter : model_->parameters()) parameter.normal_(0, 0.2);
    lora::LoraSpec spec;
    spec.rank = 2;
    lora::inject(model_, spec, 1);
  }
  ~TrainerTest() override { fs::remove_all(run_); }

  TrainJob job(std::vector<std::int64_t> masked = {}) {
    TrainJob job;
    job.model = model_;
    job.training = std::make_unique<Texts>(std::move(masked));
    job.run = run_;
    job.loop.steps = 4;
    job.save = [](const fs::path& folder) { write_file(folder / "weights", "w"); };
    job.load = [](const fs::path&) {};
    return job;
  }

  /// Makes every loss not a number.
  void spoil() {
    const at::NoGradGuard guard;
    for (auto& [name, tensor] : lora::trainable_parameters(model_))
      if (name.find("lora_A") != std::string::npos)
        tensor.fill_(std::numeric_limits<float>::quiet_NaN());
  }
  std::vector<Json> lines(const std::string& key) const {
    std::vector<Json> found;
    for (auto& line : read_metrics(run_ / "metrics.jsonl"))
      if (line.contains(key)) found.push_back(line);
    return found;
  }

  fs::path run_;
  model::Mllama model_{nullptr};
};

TEST_F(TrainerTest, StopsAfterStepsThatAreNotFiniteWithTheirSamples) {
  spoil();
  auto wanted = job();
  wanted.loop.max_skipped_in_a_row = 3;
  Trainer trainer(std::move(wanted));
  const auto error = error_of(ExitCode::numerics, [&] { trainer.run(); });
  EXPECT_TRUE(has(error, "3 steps in a row"));
  EXPECT_TRUE(has(error, "20, 21"));
  EXPECT_EQ(trainer.state().skipped, 3);
  const auto steps = lines("lr");
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_TRUE(steps[0]["skipped"].get<bool>());
  EXPECT_EQ(lines("warning").size(), 3u);
}

TEST_F(TrainerTest, ASkippedStepChangesNoParameter) {
  spoil();
  std::vector<at::Tensor> before;
  for (const auto& [name, tensor] : lora::trainable_parameters(model_))
    before.push_back(tensor.detach().clone());
  auto wanted = job();
  wanted.loop.steps = 2;
  Trainer(std::move(wanted)).run();
  std::size_t i = 0;
  for (const auto& [name, tensor] : lora::trainable_parameters(model_))
    EXPECT_TRUE(at::equal(at::nan_to_num(tensor.detach()), at::nan_to_num(before[i++]))) << name;
}

TEST_F(TrainerTest, WarnsOfBatchesWithoutAnswers) {
  Trainer(job({1})).run();
  const auto warnings = lines("warning");
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(warnings[0]["step"], 2);
  EXPECT_EQ(warnings[0]["warning"], "all_masked");
  EXPECT_NE(warnings[0]["message"].get<std::string>().find("10, 11"), std::string::npos);
}

/// Without learning the eight texts come again and again, and the bound is so low that each above
/// the median stands out.
TEST_F(TrainerTest, WarnsOfLossesThatStandOutWithTheirSamples) {
  auto wanted = job();
  wanted.optimizer.lr = 0;
  wanted.loop.steps = static_cast<int>(kLeastLosses) + 8;
  wanted.loop.spike_factor = 1e-6;
  Trainer(std::move(wanted)).run();
  const auto warnings = lines("warning");
  ASSERT_FALSE(warnings.empty());
  for (const auto& line : warnings) {
    EXPECT_EQ(line["warning"], "loss_spike");
    EXPECT_GT(line["step"], static_cast<int>(kLeastLosses));
    const auto text = (line["step"].get<int>() - 1) % 8;
    EXPECT_TRUE(
        has(line["message"].get<std::string>(), cat("samples ", 10 * text, ", ", 10 * text + 1)))
        << line["message"];
  }
}

TEST_F(TrainerTest, TryStepWritesNothing) {
  fs::remove_all(run_);
  Trainer trainer(job());
  const auto step = trainer.try_step();
  EXPECT_GT(step.loss, 0);
  EXPECT_EQ(step.answer_tokens, 14);
  EXPECT_EQ(step.text_tokens, 16);
  EXPECT_FALSE(fs::exists(run_));
}

TEST(LossSpikeDetector, WarnsOfWhatStandsOutOnly) {
  LossSpikeDetector detector;
  for (int i = 0; i < 64; ++i) EXPECT_FALSE(detector.add(2 - 0.01 * i + 0.05 * (i % 3), 10)) << i;
  EXPECT_FALSE(detector.add(std::numeric_limits<double>::quiet_NaN(), 10));
  EXPECT_FALSE(detector.add(9, 0));  // off
  ASSERT_TRUE(detector.add(9, 10));
  EXPECT_FALSE(detector.add(1.5, 10));  // spikes have not moved the bound
  EXPECT_TRUE(detector.add(9, 10));
}

TEST(LossSpikeDetector, SaysNothingWhileItHasSeenLittle) {
  LossSpikeDetector detector;
  for (std::size_t i = 0; i + 1 < kLeastLosses; ++i) detector.add(1, 10);
  EXPECT_FALSE(detector.add(100, 10));
}

TEST(TrainerState, PatienceAndDelta) {
  LoopConfig loop;
  loop.patience = 2;
  loop.min_delta = 0.1;
  TrainerState state;
  const std::vector<std::pair<double, bool>> losses{
      {1, true},
      {0.95, false},
      {0.8, true},
      {0.8, false},
      {std::numeric_limits<double>::quiet_NaN(), false}};
  for (const auto& [loss, best] : losses) {
    EXPECT_FALSE(out_of_patience(state, loop));
    ++state.step;
    EXPECT_EQ(note_validation(state, loop, loss), best) << loss;
  }
  EXPECT_TRUE(out_of_patience(state, loop));
  EXPECT_EQ(state.best_step, 3);
  const auto again = trainer_state_from(to_json(state));
  EXPECT_EQ(to_json(again), to_json(state));
  loop.best_by = "auroc";
  EXPECT_TRUE(note_validation(state, loop, 0.95));
  EXPECT_FALSE(note_validation(state, loop, std::nullopt));
}

TEST(MetricsLog, LeavesOutAHalfLineAndRefusesADamagedOne) {
  const auto file = fs::temp_directory_path() / cat("metrics_test.", getpid(), ".jsonl");
  write_file(file, "{\"step\": 1, \"loss\": 2}\n{\"step\": 2}\n{\"step\": 3, \"lo");
  EXPECT_EQ(read_metrics(file).size(), 2u);
  MetricsLog log(file);
  log.cut_after(1);
  EXPECT_EQ(log.lines().size(), 1u);
  log.append({{"step", 2}});
  EXPECT_EQ(read_file(file), "{\"step\":1,\"loss\":2}\n{\"step\":2}\n");
  write_file(file, "{\"step\": 1}\nnot JSON\n{\"step\": 2}\n");
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { read_metrics(file); }), "line 2"));
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { MetricsLog("/dev/full").append({{"step", 1}}); }),
                  "No space left"));
  fs::remove(file);
}

}  // namespace
}  // namespace ecg_lora::train
