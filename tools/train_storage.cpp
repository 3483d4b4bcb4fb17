#include "train_storage.h"

#include "ecg_lora/export/trained_result.h"
#include "ecg_lora/train/storage.h"

namespace ecg_lora::tools {

void set_storage(train::TrainJob& job, const TrainRecipe& recipe) {
  const auto storage = recipe.loop.trainable == "lora"
                           ? train::adapter_storage(job.model, recipe.lora, recipe.model)
                           : train::parameter_storage(job.model);
  job.save = storage.save, job.load = storage.load;
}

std::string write_result(const model::Mllama& model, const TrainRecipe& recipe,
                         const cost::Record& cost) {
  exports::Training training{
      recipe.output, recipe.model, {}, model::parse_dtype(recipe.save_dtype)};
  if (recipe.loop.trainable == "lora") training.adapters = recipe.lora;
  return exports::write_trained(model, training, cost);
}

}  // namespace ecg_lora::tools
