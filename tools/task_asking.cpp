// Asks a model the questions of instruction tasks.
#include <memory>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/data/instruct_source.h"
#include "ecg_lora/generate/decode.h"
#include "ecg_lora/lora/lora.h"
#include "eval_recipe.h"
#include "task_scoring.h"

namespace ecg_lora::tools {
namespace {

data::Sample sample_of(const TaskQuestion& question, const instruct::Resolver& resolver, std::int64_t id) {
  data::Sample sample{question.turns, {}, id, question.where};
  for (const auto& name : question.images) {
    const auto found = resolver.find(name, question.where);
    sample.pages.push_back({found.recording, found.path, {}, {}});
  }
  return sample;
}

}  // namespace

std::vector<score::TaskAnswer> answer_questions(const EvalRecipe& recipe, const std::vector<TaskQuestion>& questions, const std::filesystem::path& file,
                                                std::vector<report::Remark>& remarks) {
  (void)remarks;
  const auto tokenizer = std::shared_ptr<const text::Tokenizer>(text::load_tokenizer(recipe.model));
  const instruct::Resolver resolver(task_roots(recipe));
  auto model = load_base(recipe.model, recipe.compute);
  if (!recipe.adapter.empty()) lora::load_adapter(model, recipe.adapter);
  model->eval();
  const data::PageMaker pages{recipe.page, data::load_image_config(recipe.model), recipe.paper, recipe.seed};
  const data::BatchMaker maker(tokenizer, pages, recipe.batch, model->config().pad_token_id);
  AtomicFile out(file);
  std::vector<score::TaskAnswer> answers;
  Progress progress("asking", static_cast<std::int64_t>(questions.size()), "questions");
  for (const auto& question : questions) {
    throw_if_interrupted("the evaluation");
    const auto batch = maker.make_prompts({sample_of(question, resolver, static_cast<std::int64_t>(answers.size()))}, 0).to(model->device(), model->dtype());
    answers.push_back(question.answer);
    answers.back().answer = tokenizer->decode(generate::greedy(model, batch, model->config().eos_token_ids, recipe.tasks.max_tokens).front());
    out.write(score::to_line(answers.back()) + "\n");
    progress.advance();
  }
  out.commit();
  return answers;
}

}  // namespace ecg_lora::tools
