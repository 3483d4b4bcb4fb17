// Instruction tasks in ecg-lora eval: questions from files, answers of the model or of another,
// scores.
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/evaluation/asking/task_questions.h"
#include "ecg_lora/instruct/format/resolver.h"
#include "ecg_lora/provenance/identity.h"
#include "steps.h"

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

/// All that answers depend on: the config without what comes after them, and the hashes of the
/// files that it names.
Json identity(const EvalRun& run, const Json& details) {
  Json result = details;
  for (const char* key : {"output", "resamples", "score", model::kVisionStates})
    result["config"].erase(key);
  result["config"]["batch"].erase("workers");
  result["limit"] = run.options.limit;
  result["tables"] = provenance::table_identity(run.recipe.data);
  return result;
}

/// Where the pages of tasks lie.
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

/// Pages of worst answers, from the picture or recording that the question names first.
std::function<std::string(const metrics::TaskAnswer&)> pages(const EvalRecipe& recipe) {
  if (recipe.tasks.files.empty()) return {};
  auto resolver = std::make_shared<const instruct::Resolver>(task_roots(recipe));
  return [&recipe, resolver](const metrics::TaskAnswer& a) -> std::string {
    const auto name = a.record.substr(0, a.record.find("; "));
    if (name.empty()) return "";
    try {
      const auto found = resolver->find(name, a.id);
      return page::encode_png(data::PageMaker(recipe.page, {}, recipe.paper, recipe.seed)
                                  .picture({found.recording, found.path, {}}, 0));
    } catch (const Error&) {
      return "";  // answers may be scored where their pages are not
    }
  };
}

/// Hashes of the files that the questions were read from, which has shown that they have an end.
void add_sums(const EvalRecipe& recipe, Json& details) {
  for (const auto& file : recipe.tasks.files)
    for (const auto& path : instruct::instruction_files(file))
      details["tasks_sha256"][path.filename().string()] = sha256_file(path);
}

std::vector<evaluation::TaskQuestion> read_questions(EvalRun& run) {
  const auto& recipe = run.recipe;
  const auto database = database_of(recipe.data);
  return evaluation::read_questions(recipe.tasks, database ? &*database : nullptr, skips(recipe),
                                    run.options.limit, run.task_answers.notices);
}

/// Finds the pages of `questions`; `made_of` gets what these hold.
asking::TaskQuestions find_pages(EvalRun& run,
                                 const std::vector<evaluation::TaskQuestion>& questions,
                                 Json& made_of) {
  const auto& recipe = run.recipe;
  const auto formats = inference::load_formats(recipe.model);
  const data::PageMaker maker(recipe.page, formats.image, recipe.paper, recipe.seed);
  asking::TaskQuestions found(
      {recipe.tasks, task_roots(recipe), skips(recipe), maker, recipe.batch}, formats.chat,
      questions, [&run, formats] { return open_model(run, formats); }, run.task_answers.notices);
  made_of["pages"] = provenance::page_identity(found.pages(), recipe.compute.threads);
  return found;
}

}  // namespace

bool answers_tasks(const EvalRun& run) {
  return !run.recipe.tasks.files.empty() ||
         (!run.asks() && metrics::holds_task_answers(run.predictions));
}

void ask_tasks(EvalRun& run) {
  auto& answered = run.task_answers;
  answered.details = details_of(run);
  answered.score = asking::describe_methods(run.recipe.tasks);
  std::vector<evaluation::TaskQuestion> questions;
  std::optional<asking::TaskQuestions> found;
  Json made_of;
  run.team.all([&] {
    questions = read_questions(run);
    add_sums(run.recipe, answered.details);
    made_of = identity(run, answered.details);
  });
  run.team.all([&] { found.emplace(find_pages(run, questions, made_of)); });
  run.team.compare(asking::given_of(made_of));
  if (asking::answer_all(run.team, *found, made_of, run.predictions, run.options.accept_changes))
    answered.answers = found->answers();
  else
    run.team.first_only([&] { answered.answers = metrics::read_task_answers(run.predictions); });
}

/// Predictions of an earlier run, or answers of another model. What is not a predictions.jsonl yet
/// is to be kept: answers of another model, or a sample.
void read_task_answers(EvalRun& run) {
  auto& answered = run.task_answers;
  answered.score = "answers of another model, read by words and negation";
  const bool ours = metrics::holds_task_answers(run.predictions);
  answered.keep = !ours || run.options.limit > 0;
  if (answered.keep) evaluation::refuse_other_answers(run.recipe.output, run.predictions);
  if (ours)
    answered.answers =
        evaluation::some_answers(metrics::read_task_answers(run.predictions), run.options.limit);
  else
    answered.answers =
        evaluation::join_answers(read_questions(run), run.predictions, answered.notices);
  answered.details = details_of(run);
  add_sums(run.recipe, answered.details);
}

void score_tasks(EvalRun& run) {
  const auto& recipe = run.recipe;
  auto& answered = run.task_answers;
  answered.predictions = run.predictions;
  answered.output = recipe.output;
  answered.title = "Tasks: " + answers_of(run);
  answered.intervals = {recipe.resamples, recipe.seed, recipe.score.bca, true};
  answered.worst = static_cast<std::size_t>(recipe.score.worst_errors);
  answered.pulse = run.options.compat == "pulse";
  answered.png = pages(recipe);
  evaluation::score_tasks_and_report(std::move(answered));
}

}  // namespace ecg_lora::tools
