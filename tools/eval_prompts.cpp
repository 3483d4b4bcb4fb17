// How much an evaluation asks at a time, for its memory plan.
#include <algorithm>

#include "eval_recipe.h"

namespace ecg_lora::tools {

plan::Prompts prompts_of(const EvalRecipe& recipe) {
  constexpr std::int64_t label_tokens = 64, task_tokens = 256, task_rows = 32;
  const std::int64_t images = recipe.batch.images;
  if (!recipe.tasks.files.empty()) return {images, task_rows, task_tokens, recipe.tasks.max_tokens};
  const auto& labels = recipe.data.labels;
  const bool list = labels.find(',') != std::string::npos;
  const std::int64_t questions = list ? std::count(labels.begin(), labels.end(), ',') + 1
                                 : labels == "superclass" ? 5
                                                          : 71;  // statements of PTB-XL
  return {images, images * questions, label_tokens, 0};
}

}  // namespace ecg_lora::tools
