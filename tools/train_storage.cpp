#include "train_storage.h"

#include <filesystem>

#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/export/finish.h"
#include "ecg_lora/export/model_card.h"
#include "ecg_lora/model/companions.h"
#include "ecg_lora/train/storage.h"
#include "ecg_lora/export/finish.h"
#include "model_card.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

/// Full training: weights, and the base's other files.
void save_model(const fs::path& folder, const model::Mllama& model, const TrainRecipe& recipe) {
  fs::create_directories(folder);
  tensorio::NamedTensors tensors;
  const auto dtype = model::parse_dtype(recipe.save_dtype);
  for (const auto& [name, tensor] : model::disk_tensors(model))
    tensors.emplace_back(name, tensor.detach().to(dtype));
  tensorio::write_safetensors(folder / "model.safetensors", tensors);
  model::copy_companions(recipe.model, folder);
  model::note_dtype(folder, dtype);
  model::note_vision_states(folder, exports::exported_states(model->config().vision));
  exports::finish_export(recipe.model, folder, fs::path(recipe.output) / "model");
}

}  // namespace

void set_storage(train::TrainJob& job, const TrainRecipe& recipe) {
  const auto storage = recipe.loop.trainable == "lora"
                           ? train::adapter_storage(job.model, recipe.lora, recipe.model)
                           : train::parameter_storage(job.model);
  job.save = storage.save, job.load = storage.load;
}

std::string write_result(const model::Mllama& model, const TrainRecipe& recipe,
                         const cost::Record& cost) {
  const bool adapters = recipe.loop.trainable == "lora";
  const fs::path out = fs::path(recipe.output) / (adapters ? "adapter" : "model");
  std::error_code error;
  fs::remove_all(
      out,
      error);  // of a run that was resumed after its end; its checkpoints hold the same and more
  if (error) throw_write(out, error.value());
  AtomicFolder folder(out);
  write_json(folder.staging() / cost::record_name, cost::to_json(cost));
  if (adapters) {
    lora::save_adapter(folder.staging(), model, recipe.lora, recipe.model);
    write_file(folder.staging() / "README.md",
               exports::adapter_card(folder.staging(), out, {recipe.model, model->config().vision},
                                     Json()));
  } else {
    save_model(folder.staging(), model, recipe);
    write_file(folder.staging() / "README.md",
               exports::trained_card(folder.staging(), out, recipe.model));
  }
  folder.commit();
  return out.string();
}

}  // namespace ecg_lora::tools
