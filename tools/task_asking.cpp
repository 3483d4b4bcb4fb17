// Asks a model the questions of instruction tasks.
#include <algorithm>
#include <set>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/text/chat_format.h"
#include "identity.h"
#include "partial_lines.h"
#include "task_asker.h"
#include "task_scoring.h"

namespace ecg_lora::tools {
namespace {

data::Sample sample_of(const TaskQuestion& question, const instruct::Resolver& resolver, std::size_t place) {
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
  remarks.push_back({"questions_without_page", lost, "questions are left out because a page was found nowhere"});
  remarks.push_back(
      {"questions_without_layout", misfits,
       cat("questions have a system turn beside an image, which the chat template of ",
           text::name_of(layout), " does not take; they are left out")});
  return found;
}

/// Prompts that a question takes.
std::size_t prompts_of(const TasksConfig& config, const score::TaskAnswer& a) { return way_of(config, a) == Way::labels ? a.options.size() : 1; }

/// Batches of questions that are answered alike: those on the same pages side by side, `pages` pages at most.
std::vector<std::vector<const Asked*>> batches_of(const std::vector<Asked>& asked, const std::vector<TaskQuestion>& questions, const EvalRecipe& recipe) {
  const auto way = [&](const Asked* one) { return std::pair(way_of(recipe.tasks, questions[one->place].answer), one->sample.pages.size()); };
  std::vector<const Asked*> order;
  for (const auto& one : asked) order.push_back(&one);
  std::stable_sort(order.begin(), order.end(), [&](const Asked* a, const Asked* b) {
    const auto wa = way(a), wb = way(b);
    return wa != wb ? wa < wb : questions[a->place].answer.record < questions[b->place].answer.record;
  });
  std::vector<std::vector<const Asked*>> batches;
  std::set<std::string> records;
  std::size_t prompts = 0;
  for (const auto* one : order) {
    const auto& answer = questions[one->place].answer;
    const std::size_t more = prompts_of(recipe.tasks, answer), most = way(one).first == Way::labels ? 256 : 32;
    const bool fits = !batches.empty() && prompts + more <= most && way(batches.back().back()) == way(one) &&
                      (records.count(answer.record) > 0 || records.size() < static_cast<std::size_t>(recipe.batch.images));
    if (!fits) batches.emplace_back(), records.clear(), prompts = 0;
    batches.back().push_back(one), records.insert(answer.record), prompts += more;
  }
  return batches;
}

/// Takes over the answers of whole batches that a killed run left. Data error where a line answers another question than its place asks.
std::size_t take_over(PartialLines& partial, const std::filesystem::path& file, const std::vector<std::vector<const Asked*>>& batches, std::vector<score::TaskAnswer>& answers) {
  std::size_t line = 0, done = 0;
  for (const auto& batch : batches) {
    if (line + batch.size() > partial.found().size()) break;
    for (const auto* one : batch) {
      const auto place = cat(file.string(), " line ", line + 2);
      auto answer = score::parse_task_line(partial.found()[line++], place);
      auto& asked = answers[one->place];
      if (answer.task != asked.task || answer.id != asked.id) throw_data(place, " is not the answer to question ", asked.id, " of ", asked.task, " that belongs there; remove the file to begin anew");
      asked = std::move(answer);
    }
    ++done;
  }
  partial.keep(line);
  return done;
}

}  // namespace

std::vector<score::TaskAnswer> answer_questions(
    const EvalRecipe& recipe, const std::vector<TaskQuestion>& questions, const Json& identity,
    const std::filesystem::path& file, std::vector<report::Remark>& remarks, bool accept_changes) {
  auto chat = text::load_chat_format(recipe.model);
  const auto asked = found_questions(recipe, chat.layout, questions, remarks);
  if (asked.empty())
    throw_data(
        "no question of tasks.files can be asked and has a page that can be found, expected at "
        "least one; set data.image_roots or data.recording_roots");
  std::vector<data::PageRef> pages;
  for (const auto& one : asked)
    pages.insert(pages.end(), one.sample.pages.begin(), one.sample.pages.end());
  auto whole = identity;
  whole["pages"] = page_identity(pages, recipe.compute.threads);
  PartialLines partial(partial_of(file), whole, accept_changes);
  if (std::filesystem::exists(file)) {
    log_info(file.string() + " is complete; only the scores are left to do");
    return score::read_task_answers(file);
  }
  std::vector<score::TaskAnswer> answers;
  for (const auto& question : questions) answers.push_back(question.answer);
  const auto batches = batches_of(asked, questions, recipe);
  Asker asker(recipe, std::move(chat));
  const auto done = take_over(partial, partial_of(file), batches, answers);
  if (done > 0) log_info(cat(done, " of ", batches.size(), " batches were answered before; going on behind them"));
  Progress progress("asking", static_cast<std::int64_t>(batches.size() - done), "batches");
  for (auto i = done; i < batches.size(); ++i) {
    throw_if_interrupted("the evaluation; the same command goes on from here");
    asker.ask(batches[i], answers);
    std::string lines;
    for (const auto* one : batches[i]) lines += score::to_line(answers[one->place]) + "\n";
    partial.append(lines);
    progress.advance();
  }
  std::vector<score::TaskAnswer> kept;
  for (const auto& one : asked) kept.push_back(std::move(answers[one.place]));
  write_answers(file, kept);
  return kept;
}

}  // namespace ecg_lora::tools
