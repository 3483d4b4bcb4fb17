// Asks a model the questions of instruction tasks.
#include <algorithm>
#include <optional>
#include <set>
#include <sstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/base/resumable_lines.h"
#include "ecg_lora/text/chat_format.h"
#include "identity.h"
#include "task_asker.h"
#include "task_scoring.h"

namespace ecg_lora::tools {
namespace {

data::Sample sample_of(const TaskQuestion& question, const instruct::Resolver& resolver,
                       std::size_t place) {
  data::Sample sample{question.turns, {}, static_cast<std::int64_t>(place), question.where};
  for (const auto& name : question.images) {
    const auto found = resolver.find(name, question.where);
    sample.pages.push_back({found.recording, found.path, {}});
  }
  return sample;
}

bool fits(const TaskQuestion& question, text::PromptLayout layout) {
  return text::takes_system_beside_image(layout) || !text::has_system_beside_image(question.turns);
}

/// The questions that the prompt layout takes and whose pages are found; the others are an error,
/// or left out and counted.
std::vector<Asked> found_questions(const EvalRecipe& recipe, text::PromptLayout layout,
                                   const std::vector<TaskQuestion>& questions,
                                   std::vector<report::Remark>& remarks) {
  const instruct::Resolver resolver(task_roots(recipe));
  const bool skip = instruct::parse_on_bad(recipe.data.on_bad_sample) == instruct::OnBad::skip;
  std::vector<Asked> found;
  std::int64_t lost = 0, misfits = 0;
  for (std::size_t i = 0; i < questions.size(); ++i) try {
      if (!fits(questions[i], layout)) {
        if (!skip) throw_data(questions[i].where, ": ", text::no_system_beside_image(layout));
        ++misfits;
        continue;
      }
      found.push_back({i, sample_of(questions[i], resolver, i)});
    } catch (const Error&) {
      if (!skip) throw;
      ++lost;
    }
  remarks.push_back(
      {"questions_without_page", lost, "questions are left out because a page was found nowhere"});
  remarks.push_back(
      {"questions_without_layout", misfits,
       cat("questions have a system turn beside an image, which the chat template of ",
           text::name_of(layout), " does not take; they are left out")});
  return found;
}

/// Prompts that a question takes.
std::size_t prompts_of(const TasksConfig& config, const score::TaskAnswer& a) {
  return way_of(config, a) == Way::labels ? a.options.size() : 1;
}

/// Batches of questions that are answered alike: those on the same pages side by side, `pages`
/// pages at most.
std::vector<std::vector<const Asked*>> batches_of(const std::vector<Asked>& asked,
                                                  const std::vector<TaskQuestion>& questions,
                                                  const EvalRecipe& recipe) {
  const auto way = [&](const Asked* one) {
    return std::pair(way_of(recipe.tasks, questions[one->place].answer), one->sample.pages.size());
  };
  std::vector<const Asked*> order;
  for (const auto& one : asked) order.push_back(&one);
  std::stable_sort(order.begin(), order.end(), [&](const Asked* a, const Asked* b) {
    const auto wa = way(a), wb = way(b);
    return wa != wb ? wa < wb
                    : questions[a->place].answer.record < questions[b->place].answer.record;
  });
  std::vector<std::vector<const Asked*>> batches;
  std::set<std::string> records;
  std::size_t prompts = 0;
  for (const auto* one : order) {
    const auto& answer = questions[one->place].answer;
    const std::size_t more = prompts_of(recipe.tasks, answer),
                      most = way(one).first == Way::labels ? 256 : 32;
    const bool fits = !batches.empty() && prompts + more <= most &&
                      way(batches.back().back()) == way(one) &&
                      (records.count(answer.record) > 0 ||
                       records.size() < static_cast<std::size_t>(recipe.batch.images));
    if (!fits) batches.emplace_back(), records.clear(), prompts = 0;
    batches.back().push_back(one), records.insert(answer.record), prompts += more;
  }
  return batches;
}

using Batches = std::vector<std::vector<const Asked*>>;

/// Questions that a model is asked batch by batch by the ranks of a team, and their answers.
class QuestionAsking {
 public:
  QuestionAsking(ranks::Team& team, const EvalRecipe& recipe,
                 const std::vector<TaskQuestion>& questions, const std::filesystem::path& file)
      : team_(team), recipe_(recipe), questions_(questions), file_(file) {
    for (const auto& question : questions) answers_.push_back(question.answer);
  }

  /// Finds their pages. `identity` gets what these hold.
  void find(Json& identity, std::vector<report::Remark>& remarks) {
    team_.all([&] {
      chat_ = text::load_chat_format(recipe_.model);
      asked_ = found_questions(recipe_, chat_.layout, questions_, remarks);
      if (asked_.empty())
        throw_data(
            "no question of tasks.files can be asked and has a page that can be found, "
            "expected at least one; set data.image_roots or data.recording_roots");
      std::vector<data::PageRef> pages;
      for (const auto& one : asked_)
        pages.insert(pages.end(), one.sample.pages.begin(), one.sample.pages.end());
      identity["pages"] = page_identity(pages, recipe_.compute.threads);
      batches_ = batches_of(asked_, questions_, recipe_);
    });
    team_.compare(given_of(identity));
  }

  /// Asks those that `partial` (of the first rank) does not answer yet.
  void ask(std::optional<ResumableLines>& partial) {
    std::optional<Asker> asker;
    std::int64_t done = 0;
    team_.all([&] {
      asker.emplace(recipe_, std::move(chat_));
      if (partial) done = take_over(*partial);
    });
    done = team_.of_first(done);
    const auto all = static_cast<std::int64_t>(batches_.size());
    if (done > 0)
      log_info(cat(done, " of ", all, " batches were answered before; going on behind them"));
    Progress progress("asking", all - done, "batches");
    const auto work = [&](std::int64_t i) {
      throw_if_interrupted("the evaluation; the same command goes on from here");
      const auto& batch = batches_[static_cast<std::size_t>(i)];
      asker->ask(batch, answers_);
      std::string lines;
      for (const auto* one : batch) lines += score::to_line(answers_[one->place]) + "\n";
      return lines;
    };
    team_.share(done, all, work, [&](std::int64_t i, const std::string& lines) {
      partial->append(lines);
      std::istringstream text(lines);
      std::string line;
      for (const auto* one : batches_[static_cast<std::size_t>(i)])
        std::getline(text, line), take(*one, line, file_.string());
      progress.advance();
    });
  }

  /// The answers in the order of the questions; all of them on the first rank.
  std::vector<score::TaskAnswer> answers() {
    std::vector<score::TaskAnswer> kept;
    for (const auto& one : asked_) kept.push_back(std::move(answers_[one.place]));
    return kept;
  }

 private:
  /// Takes over the answers of whole batches that a killed run left. Data error where a line
  /// answers another question than its place asks.
  std::int64_t take_over(ResumableLines& partial) {
    std::size_t line = 0;
    std::int64_t done = 0;
    for (const auto& batch : batches_) {
      if (line + batch.size() > partial.found().size()) break;
      for (const auto* one : batch) {
        const auto place = cat(unfinished_of(file_).string(), " line ", line + 2);
        take(*one, partial.found()[line++], place);
      }
      ++done;
    }
    partial.keep(line);
    return done;
  }

  void take(const Asked& one, const std::string& line, const std::string& place) {
    auto answer = score::parse_task_line(line, place);
    auto& asked = answers_[one.place];
    if (answer.task != asked.task || answer.id != asked.id)
      throw_data(place, " is not the answer to question ", asked.id, " of ", asked.task,
                 " that belongs there; remove the file to begin anew");
    asked = std::move(answer);
  }

  ranks::Team& team_;
  const EvalRecipe& recipe_;
  const std::vector<TaskQuestion>& questions_;
  const std::filesystem::path& file_;
  text::ChatFormat chat_;
  std::vector<score::TaskAnswer> answers_;  ///< by the places of the questions
  std::vector<Asked> asked_;
  Batches batches_;
};

}  // namespace

std::vector<score::TaskAnswer> answer_questions(ranks::Team& team, const EvalRecipe& recipe,
                                                const std::vector<TaskQuestion>& questions,
                                                const Json& identity,
                                                const std::filesystem::path& file,
                                                std::vector<report::Remark>& remarks,
                                                bool accept_changes) {
  QuestionAsking asking(team, recipe, questions, file);
  auto whole = identity;
  asking.find(whole, remarks);
  std::optional<ResumableLines> partial;
  std::vector<score::TaskAnswer> answers;
  bool complete = false;
  team.first_only([&] {
    partial.emplace(unfinished_of(file), whole, accept_changes);
    if ((complete = std::filesystem::exists(file))) answers = score::read_task_answers(file);
  });
  if (team.of_first(complete)) {
    log_info(file.string() + " is complete; only the scores are left to do");
    return answers;
  }
  asking.ask(partial);
  team.first_only([&] { write_answers(file, answers = asking.answers()); });
  return answers;
}

}  // namespace ecg_lora::tools
