#include "train_storage.h"

#include <filesystem>

#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/export/finish.h"
#include "ecg_lora/export/model_card.h"
#include "ecg_lora/model/companions.h"

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
  const auto model = job.model;
  if (recipe.loop.trainable == "lora") {
    job.save = [model, recipe](const fs::path& folder) {
      lora::save_adapter(folder, model, recipe.lora, recipe.model);
    };
    job.load = [model](const fs::path& folder) { lora::restore_adapter(model, folder); };
    return;
  }
  job.save = [model](const fs::path& folder) {
    tensorio::NamedTensors tensors;
    for (const auto& [name, tensor] : lora::trainable_parameters(model))
      tensors.emplace_back(name, tensor.detach());
    tensorio::write_safetensors(folder / "model.safetensors", tensors);
  };
  job.load = [model](const fs::path& folder) {
    const at::NoGradGuard guard;
    const tensorio::SafetensorsFile file(folder / "model.safetensors");
    for (auto& [name, tensor] : lora::trainable_parameters(model)) tensor.copy_(file.tensor(name));
  };
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
