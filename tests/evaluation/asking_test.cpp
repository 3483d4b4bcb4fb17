// A model that is asked about tasks: sizes of prompts, answer methods, and answers that are there
// already.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <sstream>

#include "base/expect_error.h"
#include "ecg_lora/evaluation/asking/prompt_sizes.h"
#include "ecg_lora/evaluation/asking/task_questions.h"
#include "ecg_lora/model/tiny/tiny_model.h"
#include "ecg_lora/page/render/image.h"

namespace ecg_lora::asking {
namespace {

namespace fs = std::filesystem;
using ecg_lora::testing::error_of;
using ecg_lora::testing::has;
using ecg_lora::testing::TemporaryFolder;
using metrics::AnswerKind;

TEST(PromptSizes, ALabelIsAQuestionOnEachImage) {
  const auto rows = [](std::int64_t images, const char* labels) {
    const auto prompts = label_prompts(images, labels);
    EXPECT_EQ(prompts.images, images);
    EXPECT_EQ(prompts.max_new_tokens, 0) << "likelihoods of given answers";
    return prompts.rows;
  };
  EXPECT_EQ(rows(4, "superclass"), 4 * 5);
  EXPECT_EQ(rows(2, "AFIB,MI,NORM"), 2 * 3);
  EXPECT_EQ(rows(1, "all"), 71);
}

TEST(PromptSizes, TasksAreAnsweredInWords) {
  const auto prompts = task_prompts(3, 128);
  EXPECT_EQ(prompts.images, 3);
  EXPECT_EQ(prompts.rows, 32);
  EXPECT_EQ(prompts.max_new_tokens, 128);
}

metrics::TaskAnswer answer_of(AnswerKind kind, std::vector<std::string> options) {
  metrics::TaskAnswer answer;
  answer.kind = kind, answer.options = std::move(options);
  return answer;
}

TEST(AnswerMethod, IsThatOfTheKindUnlessAllIsGenerated) {
  TasksConfig words, likelihoods;
  likelihoods.answer = "options";
  const auto yes_no = answer_of(AnswerKind::yes_no, {"yes", "no"}),
             unsure = answer_of(AnswerKind::yes_no, {"yes", "no", "not sure"}),
             choice = answer_of(AnswerKind::choice, {"a", "b"}),
             labels = answer_of(AnswerKind::labels, {"a", "b"}),
             text = answer_of(AnswerKind::text, {});
  for (const auto& answer : {yes_no, unsure, choice, labels, text})
    EXPECT_EQ(answer_method(words, answer), AnswerMethod::words);
  EXPECT_EQ(answer_method(likelihoods, yes_no), AnswerMethod::yes_no);
  EXPECT_EQ(answer_method(likelihoods, unsure), AnswerMethod::options);
  EXPECT_EQ(answer_method(likelihoods, choice), AnswerMethod::options);
  EXPECT_EQ(answer_method(likelihoods, labels), AnswerMethod::labels);
  EXPECT_EQ(answer_method(likelihoods, text), AnswerMethod::words);
}

/// A model of some thousand parameters, and two pictures.
class AskedModel : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    root() = fs::temp_directory_path() / cat("ecg-lora-asked-model-", ::getpid());
    fs::remove_all(root());
    fs::create_directories(root());
    tiny::ModelShape shape;
    shape.tile_size = 56, shape.patch_size = 28, shape.max_tiles = 1;
    shape.vision_width = 24, shape.vision_heads = 2, shape.vision_mlp = 32;
    shape.local_layers = 2, shape.global_layers = 1, shape.kept_layers = {1};
    shape.text_width = 24, shape.heads = 2, shape.kv_heads = 1, shape.text_mlp = 32;
    shape.text_layers = 2, shape.cross_layers = {1}, shape.vocabulary = 400;
    tiny::write_model(root() / "model", shape, 1, "fp32");
    for (const int grey : {0, 200})
      page::write_png(root() / cat("page", grey, ".png"),
                      {56, 56, std::vector<std::uint8_t>(std::size_t{56} * 56 * 3, grey)});
  }
  static void TearDownTestSuite() { fs::remove_all(root()); }
  static fs::path& root() {
    static fs::path folder;
    return folder;
  }

  static TaskQuestion question(const std::string& id, AnswerKind kind,
                               std::vector<std::string> options, const std::string& page) {
    TaskQuestion q;
    q.answer = answer_of(kind, std::move(options));
    q.answer.task = "t", q.answer.id = id, q.answer.question = "What is seen?";
    q.answer.gold = {kind == AnswerKind::text ? "Sinus rhythm." : q.answer.options.front()};
    q.answer.record = page;
    q.turns = {{"user", q.answer.question, page.empty() ? 0 : 1}};
    if (!page.empty()) q.images = {page};
    q.where = "t.json item " + id;
    return q;
  }
  /// One of each kind, on two pages and on none.
  static std::vector<TaskQuestion> all_kinds() {
    return {
        question("1", AnswerKind::choice, {"Normal ECG", "Atrial flutter", "Pacing"}, "page0.png"),
        question("2", AnswerKind::yes_no, {"yes", "no"}, "page200.png"),
        question("3", AnswerKind::labels, {"NORM", "MI"}, "page0.png"),
        question("4", AnswerKind::text, {}, "page200.png"),
        question("5", AnswerKind::yes_no, {"yes", "no"}, "page0.png"),
        question("6", AnswerKind::text, {}, "")};
  }

  static TaskQuestions tasks(const TasksConfig& config, const std::vector<TaskQuestion>& questions,
                             bool skip_bad = false) {
    const auto model = root() / "model";
    data::BatchConfig batch;
    batch.workers = 0;
    std::vector<report::Notice> notices;
    return {{config,
             {{root().string()}, {}},
             skip_bad,
             data::PageMaker({}, data::load_image_config(model)),
             batch},
            text::load_chat_format(model),
            questions,
            [model] {
              auto opened = model::load_model(model, at::kCPU, at::kFloat);
              opened->eval();
              return opened;
            },
            notices};
  }
  static TasksConfig config(const std::string& answer) {
    TasksConfig result;
    result.answer = answer, result.max_new_tokens = 3;
    return result;
  }
  static std::vector<metrics::TaskAnswer> answers(const TasksConfig& config,
                                                  const std::vector<TaskQuestion>& questions) {
    const TemporaryFolder folder;
    auto asked = tasks(config, questions);
    distributed::Team team(distributed::single_process());
    EXPECT_TRUE(answer_all(team, asked, {{"config", 1}}, folder / "predictions.jsonl", false));
    const auto read = metrics::read_task_answers(folder / "predictions.jsonl");
    EXPECT_EQ(read.size(), asked.answers().size());
    return read;
  }
};

TEST_F(AskedModel, AnswersInWords) {
  const auto questions = all_kinds();
  const auto answered = answers(config("text"), questions);
  ASSERT_EQ(answered.size(), questions.size());
  for (std::size_t i = 0; i < answered.size(); ++i) {
    EXPECT_EQ(answered[i].id, questions[i].answer.id) << "in the order of the questions";
    EXPECT_TRUE(answered[i].answer.has_value()) << i;
    EXPECT_TRUE(answered[i].probability.empty()) << i;
  }
}

TEST_F(AskedModel, AnswersByLikelihoodsWithTextsInWords) {
  const auto questions = all_kinds();
  const auto answered = answers(config("options"), questions);
  ASSERT_EQ(answered.size(), questions.size());
  for (std::size_t i = 0; i < answered.size(); ++i) {
    const auto& a = answered[i];
    const bool text = a.kind == AnswerKind::text;
    EXPECT_EQ(a.id, questions[i].answer.id);
    EXPECT_EQ(a.answer.has_value(), text) << i;
    EXPECT_EQ(a.probability.size(), text ? 0 : a.options.size()) << i;
    const double sum = std::accumulate(a.probability.begin(), a.probability.end(), 0.0);
    const bool one_of_several = a.kind == AnswerKind::yes_no || a.kind == AnswerKind::choice;
    EXPECT_TRUE(!one_of_several || std::abs(sum - 1) < 1e-6) << i << ": " << sum;
  }
  EXPECT_NE(answered[1].probability, answered[4].probability) << "the same question on two pages";
}

TEST_F(AskedModel, GoesOnWithTheBatchesThatHaveNoAnswer) {
  const auto questions = all_kinds();
  auto asked = tasks(config("options"), questions);
  asked.open();
  std::vector<std::string> lines;
  for (std::int64_t batch = 0; batch < asked.size(); ++batch) {
    std::istringstream text(asked.ask(batch));
    for (std::string line; std::getline(text, line);) lines.push_back(line);
  }
  ASSERT_EQ(lines.size(), questions.size());
  ASSERT_GT(asked.size(), 2);
  auto resumed = tasks(config("options"), questions);
  resumed.open();
  const auto whole = resumed.resume(lines, "x.jsonl");
  EXPECT_EQ(whole.batches, asked.size());
  EXPECT_EQ(whole.lines, lines.size());
  const auto part =
      tasks(config("options"), questions).resume({lines.begin(), lines.end() - 1}, "x.jsonl");
  EXPECT_EQ(part.batches, asked.size() - 1) << "the last batch lacks a line";
  std::swap(lines.front(), lines.back());
  EXPECT_TRUE(has(error_of(ExitCode::data,
                           [&] { tasks(config("options"), questions).resume(lines, "x.jsonl"); }),
                  "x.jsonl line 2 is not the answer to question"));
}

TEST_F(AskedModel, LeavesOutWhatHasNoPageIfThatIsAllowed) {
  auto questions = all_kinds();
  questions[0].images = {"nowhere.png"};
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { tasks(config("text"), questions); }), "t.json item 1"));
  const auto kept = tasks(config("text"), questions, true);
  EXPECT_EQ(kept.pages().size(), 4u) << "five pages but one";
}

}  // namespace
}  // namespace ecg_lora::asking
