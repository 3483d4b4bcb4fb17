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
                   const ExportOptions& options) {
  lora::save_adapter(folder, model, *options.adapters, options.base);
  write_file(folder / "README.md",
             adapter_card(folder, name, {options.base, model->config().vision}, Json()));
}

/// Weights, and the base's other files.
void write_model(const fs::path& folder, const fs::path& name, const model::Mllama& model,
                 const ExportOptions& options) {
  fs::create_directories(folder);
  tensorio::NamedTensors tensors;
  for (const auto& [tensor_name, tensor] : model::disk_tensors(model))
    tensors.emplace_back(tensor_name, tensor.detach().to(options.dtype));
  tensorio::write_safetensors(folder / "model.safetensors", tensors);
  model::copy_auxiliary_files(options.base, folder);
  model::write_dtype(folder, options.dtype);
  model::write_vision_states(folder, exported_states(model->config().vision));
  finish_export(options.base, folder, name);
  write_file(folder / "README.md", trained_card(folder, name, options.base));
}

}  // namespace

std::string write_trained(const model::Mllama& model, const ExportOptions& options,
                          const cost::CostRecord& cost) {
  const auto out = options.run / (options.adapters ? "adapter" : "model");
  clear(out);
  AtomicFolder folder(out);
  write_json(folder.staging() / cost::kCostFile, cost::to_json(cost));
  if (options.adapters)
    write_adapter(folder.staging(), out, model, options);
  else
    write_model(folder.staging(), out, model, options);
  folder.commit();
  return out.string();
}

}  // namespace ecg_lora::exports
