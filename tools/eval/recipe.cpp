#include "recipe.h"

#include <iostream>

#include "ecg_lora/base/resumable_lines.h"
#include "steps.h"

namespace ecg_lora::tools {
namespace {

/// Asks the model, with its adapter, about instruction tasks or about labels.
void ask(EvalRun& run) {
  check_model(run);
  answers_tasks(run) ? ask_tasks(run) : ask_labels(run);
}

/// Scores what was asked, or the file that was given.
void score(EvalRun& run) {
  const bool scores = !run.options.predict_only;
  if (run.asks()) {
    std::cout << "wrote " << run.predictions.string() << "\n";
    if (scores) answers_tasks(run) ? score_tasks(run) : score_labels(run);
    std::filesystem::remove(unfinished_of(run.predictions));
  } else if (answers_tasks(run)) {
    read_task_answers(run);
    score_tasks(run);
  } else {
    refuse_without_labels(run);
    if (scores) score_labels(run);
  }
}

}  // namespace

int run_eval(const EvalRecipe& recipe, const EvalOptions& options) {
  auto run = join_processes(recipe, options);
  return run.team.run([&] {
    check_recipe(run);
    if (run.asks()) ask(run);
    run.team.first_only([&] { score(run); });
    return 0;
  });
}

}  // namespace ecg_lora::tools
