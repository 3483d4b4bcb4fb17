#include "predict/recipe.h"

#include <optional>

#include "ecg_lora/base/error.h"
#include "ecg_lora/inference/predictor/answer_pages.h"
#include "ecg_lora/train/distributed/join_ranks.h"

namespace ecg_lora::tools {
namespace {

std::vector<data::PageRef> pages_of(const PredictRecipe& recipe) {
  std::vector<data::PageRef> pages;
  for (const auto& image : recipe.images) pages.push_back({false, image, {}});
  for (const auto& record : recipe.records) pages.push_back({true, record, {}});
  if (pages.empty()) throw_usage("expected --image or --record, got none; name at least one");
  return pages;
}

int predict(distributed::Team& team, PredictRecipe& recipe) {
  std::vector<data::PageRef> pages;
  std::vector<inference::Answer> answers;
  std::optional<plan::MemoryChecked> checked;
  team.all([&] {
    pages = pages_of(recipe);
    inference::check_files(recipe.model);
    answers = inference::answers_to_fill(recipe.questions, recipe.model);
    checked = inference::require_memory(
        "predict", recipe.model, inference::prompts_of(answers, recipe.decoding.max_new_tokens),
        {/*config=*/false, /*quantises=*/true, /*batches=*/false}, recipe.force);
  });
  // Only when all ranks have looked at the memory does one take of it.
  std::optional<inference::Predictor> predictor;
  team.all([&] {
    predictor.emplace(
        inference::open_model(recipe.model, *checked, inference::load_formats(recipe.model.base)),
        recipe.decoding, recipe.probabilities);
  });
  inference::answer_pages(team, *predictor, pages, std::move(answers), recipe.format == "json");
  return 0;
}

}  // namespace

int run_predict(PredictRecipe& recipe) {
  const auto& compute = recipe.model.compute;
  auto team = distributed::join_team(inference::on_cuda(compute), compute.threads, "pages");
  return team.run([&] { return predict(team, recipe); });
}

}  // namespace ecg_lora::tools
