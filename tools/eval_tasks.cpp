// Instruction tasks in ecg-lora eval: questions from files, answers of the model or of another,
// scores.
#include <filesystem>
#include <iostream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/base/resumable_lines.h"
#include "ecg_lora/instruct/resolver.h"
#include "eval_recipe.h"
#include "identity.h"
#include "task_asker.h"
#include "task_scoring.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

std::optional<ptbxl::Database> database_of(const data::DataConfig& data) {
  if (data.root.empty() || !fs::exists(fs::path(data.root) / "ptbxl_database.csv"))
    return std::nullopt;
  return ptbxl::load_database(data.root, data.recording_roots);
}

bool skips(const EvalRecipe& recipe) {
  return instruct::parse_on_bad(recipe.data.on_bad_sample) == instruct::OnBad::skip;
}

/// Predictions of an earlier run, or answers of another model. What is not a predictions.jsonl yet
/// is to be kept: answers of another model, or a sample.
void take_answers(const EvalRecipe& recipe, const EvalOptions& options, TaskScoringRun& run) {
  const fs::path file = options.score_only, kept = fs::path(recipe.output) / "predictions.jsonl";
  const bool ours = score::holds_task_answers(file);
  run.keep = !ours || options.limit > 0;
  if (run.keep && fs::exists(kept))
    throw_usage("output ", recipe.output,
                " holds predictions.jsonl of another run, expected a folder for the scores of ",
                options.score_only, "; choose another with --set output=");
  if (ours) {
    run.answers = some_answers(score::read_task_answers(file), options.limit);
    return;
  }
  const auto database = database_of(recipe.data);
  const auto questions = read_questions(recipe.tasks, database ? &*database : nullptr,
                                        skips(recipe), options.limit, run.remarks);
  run.answers = join_answers(questions, file, run.remarks);
}

/// All that answers depend on: the config without what comes after them, and the sums of the files
/// that it names.
Json identity(const EvalRecipe& recipe, const EvalOptions& options, const Json& details) {
  Json result = details;
  for (const char* key : {"output", "resamples", "score", model::kVisionStates})
    result["config"].erase(key);
  result["config"]["batch"].erase("workers");
  result["limit"] = options.limit;
  result["tables"] = table_identity(recipe.data);
  return result;
}

/// Pages of worst answers, from the picture or recording that the question names first.
std::function<std::string(const score::TaskAnswer&)> pages(const EvalRecipe& recipe) {
  if (recipe.tasks.files.empty()) return {};
  auto resolver = std::make_shared<const instruct::Resolver>(task_roots(recipe));
  return [&recipe, resolver](const score::TaskAnswer& a) -> std::string {
    const auto name = a.record.substr(0, a.record.find("; "));
    if (name.empty()) return "";
    try {
      const auto found = resolver->find(name, a.id);
      return render::encode_png(data::PageMaker(recipe.page, {}, recipe.paper, recipe.seed)
                                    .picture({found.recording, found.path, {}}, 0));
    } catch (const Error&) {
      return "";  // answers may be scored where their pages are not
    }
  };
}

}  // namespace

instruct::Roots task_roots(const EvalRecipe& recipe) {
  instruct::Roots roots{recipe.data.image_roots, recipe.data.recording_roots,
                        recipe.data.sampling_rate};
  if (roots.images.empty())
    for (const auto& file : recipe.tasks.files) {
      const auto folder = fs::is_directory(file) ? fs::path(file) : fs::path(file).parent_path();
      roots.images.push_back(folder.empty() ? "." : folder.string());
    }
  if (!recipe.data.root.empty()) roots.recordings.push_back(recipe.data.root);
  return roots;
}

bool asks_tasks(const EvalRecipe& recipe, const EvalOptions& options) {
  return !recipe.tasks.files.empty() ||
         (!options.score_only.empty() && score::holds_task_answers(options.score_only));
}

/// Sums of the files that the questions were read from, which has shown that they have an end.
void add_sums(const EvalRecipe& recipe, Json& details) {
  for (const auto& file : recipe.tasks.files)
    for (const auto& path : instruct::instruction_files(file))
      details["tasks_sha256"][path.filename().string()] = sha256_file(path);
}

namespace {

/// Scores `run`, whose answers are known.
void score_tasks(const EvalRecipe& recipe, const EvalOptions& options, const std::string& whose,
                 Json details, TaskScoringRun run) {
  run.bootstrap = {recipe.resamples, recipe.seed, recipe.score.bca, true};
  run.worst = static_cast<std::size_t>(recipe.score.worst_errors);
  run.title = "Tasks: " + whose;
  run.pulse = options.compat == "pulse";
  run.details = std::move(details);
  run.png = pages(recipe);
  score_tasks_and_report(std::move(run));
}

}  // namespace

void run_tasks(ranks::Team& team, const EvalRecipe& recipe, const EvalOptions& options,
               Json details) {
  TaskScoringRun run;
  run.output = recipe.output;
  run.predictions = run.output / "predictions.jsonl";
  std::vector<TaskQuestion> questions;
  Json made_of;
  team.all([&] {
    const auto database = database_of(recipe.data);
    questions = read_questions(recipe.tasks, database ? &*database : nullptr, skips(recipe),
                               options.limit, run.remarks);
    add_sums(recipe, details);
    made_of = identity(recipe, options, details);
  });
  run.answers = answer_questions(team, recipe, questions, made_of, run.predictions, run.remarks,
                                 options.accept_changes);
  run.score = describe_ways(recipe.tasks);
  team.first_only([&] {
    const auto partial = unfinished_of(run.predictions);
    std::cout << "wrote " << run.predictions.string() << "\n";
    const auto whose = recipe.model + (recipe.adapter.empty() ? "" : " with " + recipe.adapter);
    if (!options.predict_only) score_tasks(recipe, options, whose, details, std::move(run));
    fs::remove(partial);
  });
}

void score_task_answers(const EvalRecipe& recipe, const EvalOptions& options, Json details) {
  TaskScoringRun run;
  run.output = recipe.output;
  run.score = "answers of another model, read by words and negation";
  run.predictions = options.score_only;
  take_answers(recipe, options, run);
  add_sums(recipe, details);
  score_tasks(recipe, options, options.score_only, std::move(details), std::move(run));
}

}  // namespace ecg_lora::tools
