#include "ecg_lora/export/trained_result.h"

#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/export/finish.h"
#include "ecg_lora/export/model_card.h"
#include "ecg_lora/model/checkpoint/auxiliary_files.h"
#include "ecg_lora/tensorio/safetensors.h"

namespace ecg_lora::exports {
namespace {

namespace fs = std::filesystem;

/// An empty place. What lay there is of a run that was resumed after its end; its checkpoints hold
/// the same and more.
void clear(const fs::path& out) {
  std::error_code error;
  fs::remove_all(out, error);
  if (error) throw_write(out, error.value());
}

void write_adapter(const fs::path& folder, const fs::path& name, const model::Mllama& model,
                   const Training& training) {
  lora::save_adapter(folder, model, *training.adapters, training.base);
  write_file(folder / "README.md",
             adapter_card(folder, name, {training.base, model->config().vision}, Json()));
}

/// Weights, and the base's other files.
void write_model(const fs::path& folder, const fs::path& name, const model::Mllama& model,
                 const Training& training) {
  fs::create_directories(folder);
  tensorio::NamedTensors tensors;
  for (const auto& [tensor_name, tensor] : model::disk_tensors(model))
    tensors.emplace_back(tensor_name, tensor.detach().to(training.dtype));
  tensorio::write_safetensors(folder / "model.safetensors", tensors);
  model::copy_auxiliary_files(training.base, folder);
  model::write_dtype(folder, training.dtype);
  model::write_vision_states(folder, exported_states(model->config().vision));
  finish_export(training.base, folder, name);
  write_file(folder / "README.md", trained_card(folder, name, training.base));
}

}  // namespace

std::string write_trained(const model::Mllama& model, const Training& training,
                          const cost::CostRecord& cost) {
  const auto out = training.run / (training.adapters ? "adapter" : "model");
  clear(out);
  AtomicFolder folder(out);
  write_json(folder.staging() / cost::kCostFile, cost::to_json(cost));
  if (training.adapters)
    write_adapter(folder.staging(), out, model, training);
  else
    write_model(folder.staging(), out, model, training);
  folder.commit();
  return out.string();
}

}  // namespace ecg_lora::exports
