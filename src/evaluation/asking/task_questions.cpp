#include "ecg_lora/evaluation/asking/task_questions.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/evaluation/scoring/scored_output.h"

namespace ecg_lora::asking {
namespace {

data::Conversation sample_of(const TaskQuestion& question, const instruct::Resolver& resolver,
                             std::size_t place) {
  data::Conversation sample{question.turns, {}, static_cast<std::int64_t>(place), question.where};
  for (const auto& name : question.images) {
    const auto found = resolver.find(name, question.where);
    sample.pages.push_back({found.recording, found.path, {}});
  }
  return sample;
}

bool fits(const TaskQuestion& question, text::PromptLayout layout) {
  return text::takes_system_and_image(layout) || !text::has_system_and_image(question.turns);
}

/// The questions that the prompt layout takes and whose pages are found; the others are an error,
/// or left out and counted.
std::vector<PendingQuestion> found_questions(const TaskSettings& settings,
                                             text::PromptLayout layout,
                                             const std::vector<TaskQuestion>& questions,
                                             std::vector<report::Notice>& notices) {
  const instruct::Resolver resolver(settings.roots);
  const bool skip = settings.skip_bad;
  std::vector<PendingQuestion> found;
  std::int64_t lost = 0, misfits = 0;
  for (std::size_t i = 0; i < questions.size(); ++i) try {
      if (!fits(questions[i], layout)) {
        if (!skip) throw_data(questions[i].where, ": ", text::system_and_image_error(layout));
        ++misfits;
        continue;
      }
      found.push_back({i, sample_of(questions[i], resolver, i)});
    } catch (const Error&) {
      if (!skip) throw;
      ++lost;
    }
  notices.push_back(
      {"questions_without_page", lost, "questions are left out because a page was found nowhere"});
  notices.push_back({"questions_without_layout", misfits,
                     cat("questions have a system turn with an image, which the chat template of ",
                         text::name_of(layout), " does not take; they are left out")});
  return found;
}

using Batch = std::vector<const PendingQuestion*>;

/// Most prompts of a batch: of labels, whose prompts share their beginning, and of all others.
constexpr std::size_t kMaxLabelPrompts = 256, kMaxPrompts = 32;

/// Prompts that a question takes.
std::size_t prompts_of(const TasksConfig& config, const metrics::TaskAnswer& a) {
  return answer_method(config, a) == AnswerMethod::labels ? a.options.size() : 1;
}

/// How a question is answered, and with how many pages; one batch has one of these.
std::pair<AnswerMethod, std::size_t> batch_kind(const TasksConfig& config,
                                                const std::vector<TaskQuestion>& questions,
                                                const PendingQuestion* one) {
  return {answer_method(config, questions[one->place].answer), one->sample.pages.size()};
}

/// By batch_kind(), and those on the same pages one after the other.
Batch in_batch_order(const std::vector<PendingQuestion>& pending,
                     const std::vector<TaskQuestion>& questions, const TasksConfig& config) {
  Batch order;
  for (const auto& one : pending) order.push_back(&one);
  std::stable_sort(
      order.begin(), order.end(), [&](const PendingQuestion* a, const PendingQuestion* b) {
        const auto kind_a = batch_kind(config, questions, a),
                   kind_b = batch_kind(config, questions, b);
        return kind_a != kind_b
                   ? kind_a < kind_b
                   : questions[a->place].answer.record < questions[b->place].answer.record;
      });
  return order;
}

/// Batches of questions of one batch_kind(), on `settings.batch.images` pages at most.
std::vector<Batch> batches_of(const std::vector<PendingQuestion>& pending,
                              const std::vector<TaskQuestion>& questions,
                              const TaskSettings& settings) {
  std::vector<Batch> batches;
  std::set<std::string> records;
  std::size_t prompts = 0;
  for (const auto* one : in_batch_order(pending, questions, settings.tasks)) {
    const auto& answer = questions[one->place].answer;
    const auto kind = batch_kind(settings.tasks, questions, one);
    const std::size_t more = prompts_of(settings.tasks, answer),
                      most = kind.first == AnswerMethod::labels ? kMaxLabelPrompts : kMaxPrompts;
    const bool fits = !batches.empty() && prompts + more <= most &&
                      batch_kind(settings.tasks, questions, batches.back().back()) == kind &&
                      (records.count(answer.record) > 0 ||
                       records.size() < static_cast<std::size_t>(settings.batch.images));
    if (!fits) batches.emplace_back(), records.clear(), prompts = 0;
    batches.back().push_back(one), records.insert(answer.record), prompts += more;
  }
  return batches;
}

}  // namespace

TaskQuestions::TaskQuestions(TaskSettings settings, text::ChatFormat chat,
                             const std::vector<TaskQuestion>& questions, OpenModel open_model,
                             std::vector<report::Notice>& notices)
    : settings_(std::move(settings)), chat_(std::move(chat)), open_model_(std::move(open_model)) {
  for (const auto& question : questions) answers_.push_back(question.answer);
  pending_ = found_questions(settings_, chat_.layout, questions, notices);
  if (pending_.empty())
    throw_data(
        "no question of tasks.files can be asked and has a page that can be found, "
        "expected at least one; set data.image_roots or data.recording_roots");
  batches_ = batches_of(pending_, questions, settings_);
}

std::vector<data::PageRef> TaskQuestions::pages() const {
  std::vector<data::PageRef> pages;
  for (const auto& one : pending_)
    pages.insert(pages.end(), one.sample.pages.begin(), one.sample.pages.end());
  return pages;
}

void TaskQuestions::open() {
  runner_.emplace(settings_, chat_, open_model_());
}

Resumed TaskQuestions::resume(const std::vector<std::string>& lines,
                              const std::filesystem::path& file) {
  Resumed done;
  for (const auto& batch : batches_) {
    if (done.lines + batch.size() > lines.size()) break;
    for (const auto* one : batch) {
      const auto place = cat(file.string(), " line ", done.lines + 2);
      take_line(*one, lines[done.lines++], place);
    }
    ++done.batches;
  }
  return done;
}

std::string TaskQuestions::ask(std::int64_t batch) {
  const auto& asked = batches_[static_cast<std::size_t>(batch)];
  runner_->ask(asked, answers_);
  std::string lines;
  for (const auto* one : asked) lines += metrics::to_line(answers_[one->place]) + "\n";
  return lines;
}

void TaskQuestions::take(std::int64_t batch, const std::string& lines,
                         const std::filesystem::path& file) {
  std::istringstream text(lines);
  std::string line;
  for (const auto* one : batches_[static_cast<std::size_t>(batch)])
    std::getline(text, line), take_line(*one, line, file.string());
}

void TaskQuestions::take_line(const PendingQuestion& one, const std::string& line,
                              const std::string& place) {
  auto answer = metrics::parse_task_line(line, place);
  auto& asked = answers_[one.place];
  if (answer.task != asked.task || answer.id != asked.id)
    throw_data(place, " is not the answer to question ", asked.id, " of ", asked.task,
               " that belongs there; remove the file to start again");
  asked = std::move(answer);
}

std::vector<metrics::TaskAnswer> TaskQuestions::answers() const {
  std::vector<metrics::TaskAnswer> kept;
  for (const auto& one : pending_) kept.push_back(answers_[one.place]);
  return kept;
}

void TaskQuestions::write(const std::filesystem::path& file, const std::string&) {
  evaluation::write_answers(file, answers());
}

}  // namespace ecg_lora::asking
