// Asks a model the questions of instruction tasks.
#include <algorithm>
#include <memory>
#include <set>
#include <tuple>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/generate/decode.h"
#include "ecg_lora/generate/likelihood.h"
#include "ecg_lora/generate/options.h"
#include "ecg_lora/lora/lora.h"
#include "eval_recipe.h"
#include "partial_lines.h"
#include "task_scoring.h"

namespace ecg_lora::tools {
namespace {

using score::AnswerKind;
using Places = std::vector<std::size_t>;

/// Whether likelihoods of the options are asked for, not words.
bool by_likelihood(const TasksConfig& config, const score::TaskAnswer& a) {
  return config.answer == "options" && (a.kind == AnswerKind::yes_no || a.kind == AnswerKind::choice);
}

/// A question whose pages were found.
struct Asked {
  std::size_t place = 0;  ///< in the list of questions
  data::Sample sample;
};

class Asker {
 public:
  explicit Asker(const EvalRecipe& recipe)
      : recipe_(recipe),
        tokenizer_(text::load_tokenizer(recipe.model)),
        model_(load_base(recipe.model, recipe.compute)),
        maker_(tokenizer_, {recipe.page, data::load_image_config(recipe.model), recipe.paper, recipe.seed}, recipe.batch, model_->config().pad_token_id),
        variants_(generate::yes_no_variants(*tokenizer_)),
        content_free_(generate::content_free_prompt(*tokenizer_)) {
    if (!recipe.adapter.empty()) lora::load_adapter(model_, recipe.adapter);
    model_->eval();
    decoding_.most = recipe.tasks.max_tokens;
    decoding_.stops = generate::load_stops(recipe.model, model_->config(), *tokenizer_);
  }

  /// Fills the answers of a batch.
  void ask(const std::vector<const Asked*>& asked, std::vector<score::TaskAnswer>& answers) {
    std::vector<data::Sample> samples;
    for (const auto* one : asked) samples.push_back(one->sample);
    const auto batch = maker_.make_prompts(samples, 0).to(model_->device(), model_->dtype());
    std::vector<score::TaskAnswer*> rows;
    for (const auto* one : asked) rows.push_back(&answers[one->place]);
    if (!by_likelihood(recipe_.tasks, *rows.front())) return generate_words(batch, rows);
    const bool plain = rows.front()->kind == AnswerKind::yes_no && rows.front()->options.size() == 2;
    plain ? weigh_yes_no(batch, rows) : weigh_options(batch, rows);
  }

 private:
  void generate_words(const data::Batch& batch, const std::vector<score::TaskAnswer*>& rows) {
    const auto decoded = generate::decode(model_, batch, decoding_);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i]->answer = tokenizer_->decode(decoded[i].tokens);
  }
  void weigh_yes_no(const data::Batch& batch, const std::vector<score::TaskAnswer*>& rows) {
    const auto yes = generate::yes_probabilities(model_, batch, variants_);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i]->probability = {yes[i], 1 - yes[i]};
  }
  void weigh_options(const data::Batch& batch, const std::vector<score::TaskAnswer*>& rows) {
    std::vector<generate::OptionTokens> options;
    for (const auto* row : rows) options.push_back(generate::encode_options(*tokenizer_, row->options));
    const auto scores = generate::option_scores(model_, batch, options, content_free_);
    const auto& rule = recipe_.tasks.option_score;
    for (std::size_t i = 0; i < rows.size(); ++i)
      rows[i]->probability = generate::option_probabilities(rule == "sum" ? scores[i].sum : rule == "pmi" ? scores[i].pmi : scores[i].mean);
  }

  const EvalRecipe& recipe_;
  std::shared_ptr<const text::Tokenizer> tokenizer_;
  model::Mllama model_;
  data::BatchMaker maker_;
  generate::AnswerVariants variants_;
  std::vector<std::int64_t> content_free_;
  generate::DecodeOptions decoding_;
};

data::Sample sample_of(const TaskQuestion& question, const instruct::Resolver& resolver, std::size_t place) {
  data::Sample sample{question.turns, {}, static_cast<std::int64_t>(place), question.where};
  for (const auto& name : question.images) {
    const auto found = resolver.find(name, question.where);
    sample.pages.push_back({found.recording, found.path, {}, {}});
  }
  return sample;
}

/// The questions whose pages are found; the others are an error, or left out and counted.
std::vector<Asked> found_questions(const EvalRecipe& recipe, const std::vector<TaskQuestion>& questions, std::vector<report::Remark>& remarks) {
  const instruct::Resolver resolver(task_roots(recipe));
  const bool skip = instruct::parse_on_bad(recipe.data.on_bad_sample) == instruct::OnBad::skip;
  std::vector<Asked> found;
  std::int64_t lost = 0;
  for (std::size_t i = 0; i < questions.size(); ++i) try {
      found.push_back({i, sample_of(questions[i], resolver, i)});
    } catch (const Error&) {
      if (!skip) throw;
      ++lost;
    }
  remarks.push_back({"questions_without_page", lost, "questions are left out because a page was found nowhere"});
  return found;
}

/// Batches of questions that are answered alike: those on the same pages side by side, `pages` pages at most.
std::vector<std::vector<const Asked*>> batches_of(const std::vector<Asked>& asked, const std::vector<TaskQuestion>& questions, const EvalRecipe& recipe) {
  constexpr std::size_t most_rows = 32;
  const auto way = [&](const Asked* one) {
    const auto& a = questions[one->place].answer;
    return std::tuple(by_likelihood(recipe.tasks, a), a.kind == AnswerKind::yes_no && a.options.size() == 2, one->sample.pages.size());
  };
  std::vector<const Asked*> order;
  for (const auto& one : asked) order.push_back(&one);
  std::stable_sort(order.begin(), order.end(), [&](const Asked* a, const Asked* b) {
    const auto wa = way(a), wb = way(b);
    return wa != wb ? wa < wb : questions[a->place].answer.record < questions[b->place].answer.record;
  });
  std::vector<std::vector<const Asked*>> batches;
  std::set<std::string> records;
  for (const auto* one : order) {
    const auto& record = questions[one->place].answer.record;
    const bool fits = !batches.empty() && batches.back().size() < most_rows && way(batches.back().back()) == way(one) &&
                      (records.count(record) > 0 || records.size() < static_cast<std::size_t>(recipe.batch.images));
    if (!fits) batches.emplace_back(), records.clear();
    batches.back().push_back(one), records.insert(record);
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

std::vector<score::TaskAnswer> answer_questions(const EvalRecipe& recipe, const std::vector<TaskQuestion>& questions, const Json& identity, const std::filesystem::path& file,
                                                std::vector<report::Remark>& remarks) {
  const auto asked = found_questions(recipe, questions, remarks);
  if (asked.empty()) throw_data("no question of tasks.files has a page that can be found, expected at least one; set data.image_roots or data.recording_roots");
  PartialLines partial(partial_of(file), identity);
  if (std::filesystem::exists(file)) {
    log_info(file.string() + " is complete; only the scores are left to do");
    return score::read_task_answers(file);
  }
  std::vector<score::TaskAnswer> answers;
  for (const auto& question : questions) answers.push_back(question.answer);
  const auto batches = batches_of(asked, questions, recipe);
  Asker asker(recipe);
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
