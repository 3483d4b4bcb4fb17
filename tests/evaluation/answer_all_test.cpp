// Answers that outlive a stop, and keep their order however many processes ask.
#include <gtest/gtest.h>

#include <numeric>
#include <thread>

#include "base/expect_error.h"
#include "distributed/processes.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/resumable_lines.h"
#include "ecg_lora/evaluation/asking/question_batches.h"

namespace ecg_lora::asking {
namespace {

namespace fs = std::filesystem;
using ecg_lora::testing::error_of;
using ecg_lora::testing::has;
using ecg_lora::testing::TemporaryFolder;

/// Seven batches without a model: batch i is answered by one line, or by two if i is odd.
class NumberedBatches : public QuestionBatches {
 public:
  static constexpr std::int64_t kBatches = 7;
  std::vector<std::int64_t> asked, taken;
  bool opened = false;
  std::int64_t broken = -1;  ///< the batch that cannot be answered

  static std::string lines_of(std::int64_t batch) {
    const auto first = cat("answer ", batch, "\n");
    return batch % 2 == 1 ? first + cat("further answer ", batch, "\n") : first;
  }
  static std::string all_lines() {
    std::string text;
    for (std::int64_t i = 0; i < kBatches; ++i) text += lines_of(i);
    return text;
  }

  void open() override { opened = true; }
  std::int64_t size() const override { return kBatches; }
  Resumed resume(const std::vector<std::string>& lines, const fs::path&) override {
    Resumed done;
    while (done.batches < kBatches) {
      const std::size_t more = done.batches % 2 == 1 ? 2 : 1;
      if (done.lines + more > lines.size()) break;
      done.lines += more, ++done.batches;
    }
    return done;
  }
  void start(std::int64_t, int, int) override {}
  std::string ask(std::int64_t batch) override {
    if (batch == broken) throw_data("batch ", batch, " has no answer");
    asked.push_back(batch);
    return lines_of(batch);
  }
  void take(std::int64_t batch, const std::string&, const fs::path&) override {
    taken.push_back(batch);
  }
  void write(const fs::path& file, const std::string& lines) override { write_file(file, lines); }
};

using Numbers = std::vector<std::int64_t>;

bool answer(NumberedBatches& questions, const fs::path& file, const Json& identity,
            bool accept_changes = false) {
  distributed::Team team(distributed::single_process());
  return answer_all(team, questions, identity, file, accept_changes);
}

/// What a run leaves that stops at batch 4, and was killed within the last line of batch 3.
void leave_unfinished(const fs::path& file, const Json& identity) {
  NumberedBatches stopped;
  stopped.broken = 4;
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { answer(stopped, file, identity); }),
                  "batch 4 has no answer"));
  const auto left = read_file(unfinished_of(file));
  write_file(unfinished_of(file), left.substr(0, left.size() - 4));
}

TEST(AnswerAll, GoesOnBehindTheLastWholeBatch) {
  const TemporaryFolder folder;
  const auto file = folder / "predictions.jsonl";
  const Json identity{{"config", 1}};
  leave_unfinished(file, identity);
  EXPECT_FALSE(fs::exists(file));
  NumberedBatches rest;
  EXPECT_TRUE(answer(rest, file, identity));
  EXPECT_EQ(rest.asked, (Numbers{3, 4, 5, 6})) << "batch 3 had lost a line";
  EXPECT_EQ(read_file(file), NumberedBatches::all_lines());
}

TEST(AnswerAll, OpensNothingIfTheFileIsComplete) {
  const TemporaryFolder folder;
  const auto file = folder / "predictions.jsonl";
  NumberedBatches first, second;
  EXPECT_TRUE(answer(first, file, {{"config", 1}}));
  EXPECT_FALSE(answer(second, file, {{"config", 1}}));
  EXPECT_FALSE(second.opened);
  EXPECT_TRUE(second.asked.empty());
}

TEST(AnswerAll, GoesOnWithOtherWorkOnlyIfThatIsAccepted) {
  const TemporaryFolder folder;
  const auto file = folder / "predictions.jsonl";
  leave_unfinished(file, {{"config", 1}});
  NumberedBatches refused, accepted;
  const auto message = error_of(ExitCode::usage, [&] { answer(refused, file, {{"config", 2}}); });
  EXPECT_TRUE(has(message, "--accept-changes"));
  EXPECT_TRUE(answer(accepted, file, {{"config", 2}}, true));
  EXPECT_EQ(accepted.asked, (Numbers{3, 4, 5, 6}));
}

TEST(AnswerAll, KeepsTheOrderOfBatchesWhateverTheNumberOfProcesses) {
  for (const int ranks : {1, 2, 3}) {
    const TemporaryFolder folder;
    const auto file = folder / "predictions.jsonl";
    const auto codes = ecg_lora::testing::in_processes(ranks, [&](const auto& group) {
      distributed::Team team(group);
      NumberedBatches questions;
      // The later the rank, the sooner it answers.
      std::this_thread::sleep_for(std::chrono::milliseconds(10 * (ranks - team.rank())));
      if (!answer_all(team, questions, {{"config", 1}}, file, false)) return 1;
      Numbers own, every(static_cast<std::size_t>(questions.size()));
      std::iota(every.begin(), every.end(), 0);
      for (const auto i : every)
        if (i % ranks == team.rank()) own.push_back(i);
      if (questions.asked != own) return 2;
      return questions.taken == (team.first() ? every : Numbers{}) ? 0 : 3;
    });
    EXPECT_EQ(codes, std::vector<int>(static_cast<std::size_t>(ranks), 0));
    EXPECT_EQ(read_file(file), NumberedBatches::all_lines()) << ranks;
  }
}

}  // namespace
}  // namespace ecg_lora::asking
