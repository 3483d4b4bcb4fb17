#include "ecg_lora/evaluation/asking/question_batches.h"

#include <optional>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/base/resumable_lines.h"

namespace ecg_lora::asking {
namespace {

/// Opens the model; the batches that `left` (of the first rank) answers.
std::int64_t open_and_resume(distributed::Team& team, QuestionBatches& questions,
                             std::optional<ResumableLines>& left,
                             const std::filesystem::path& file) {
  std::int64_t done = 0;
  team.all([&] {
    questions.open();
    if (!left) return;
    const auto resumed = questions.resume(left->found(), unfinished_of(file));
    left->keep(resumed.lines);
    done = resumed.batches;
  });
  return team.of_first(done);
}

void ask_from(distributed::Team& team, QuestionBatches& questions, std::int64_t done,
              const std::filesystem::path& file, std::optional<ResumableLines>& lines) {
  const auto all = questions.size();
  questions.start(done, team.rank(), team.ranks());
  if (done > 0)
    log_info(cat(done, " of ", all, " batches were answered before; going on behind them"));
  Progress progress("asking", all - done, "batches");
  const auto work = [&](std::int64_t i) {
    throw_if_interrupted("the evaluation; the same command goes on from here");
    return questions.ask(i);
  };
  team.share(done, all, work, [&](std::int64_t i, const std::string& answers) {
    lines->append(answers);
    questions.take(i, answers, file);
    progress.advance();
  });
}

}  // namespace

bool answer_all(distributed::Team& team, QuestionBatches& questions, const Json& identity,
                const std::filesystem::path& file, bool accept_changes) {
  std::optional<ResumableLines> lines;  // of the first rank
  team.first_only([&] { lines.emplace(unfinished_of(file), identity, accept_changes); });
  if (team.of_first(std::filesystem::exists(file))) {
    log_info(file.string() + " is complete; only the scores are left to do");
    return false;
  }
  const auto done = open_and_resume(team, questions, lines, file);
  ask_from(team, questions, done, file, lines);
  team.first_only([&] { questions.write(file, lines->text()); });
  return true;
}

distributed::NamedValues given_of(Json identity) {
  auto& config = identity["config"];
  for (const char* key : {"model", "adapter"}) config.erase(key);
  for (const char* key : {"root", "wording", "image_roots", "recording_roots"})
    config["data"].erase(key);
  config["tasks"].erase("files");
  distributed::NamedValues given;
  for (const auto& [key, value] : identity.items()) given.emplace_back(key, json_text(value));
  return given;
}

}  // namespace ecg_lora::asking
