#include "ecg_lora/plan/inference/required_memory.h"

#include <ATen/ATen.h>
#include <c10/util/accumulate.h>

#include <algorithm>
#include <filesystem>

#include "ecg_lora/model/checkpoint/open_checkpoint.h"
#include "ecg_lora/model/checkpoint/stored_dtype.h"
#include "ecg_lora/model/shape/table.h"

namespace ecg_lora::plan {
namespace {

/// Elements of the largest tensor, and of the linears of the layers.
struct Elements {
  std::int64_t largest = 0, layers = 0;
};
Elements elements_of(const model::ModelConfig& model) {
  Elements elements;
  for (const auto& spec : model::tensor_table(model)) {
    const auto count = c10::multiply_integers(spec.shape);
    elements.largest = std::max(elements.largest, count);
    if (model::is_linear_weight(spec) && !model::layer_of(spec.name).empty())
      elements.layers += count;
  }
  return elements;
}

std::int64_t size_of(at::ScalarType dtype) {
  return static_cast<std::int64_t>(c10::elementSize(dtype));
}

}  // namespace

std::int64_t RequiredMemory::host() const {
  return libraries + std::max(loading, working);
}
std::int64_t RequiredMemory::host_peak() const {
  return libraries + std::max(loading + pages, working);
}

std::int64_t library_bytes(bool cuda) {
  return cuda ? 2'000'000'000 : 270'000'000;
}

BaseLoad base_load(const std::string& folder, const model::BaseQuantisation& base,
                   at::ScalarType dtype, bool cuda) {
  BaseLoad load{model::load_model_config(folder), base, dtype};
  load.base.shard = nullptr;
  load.cuda = cuda;
  if (!model::has_weights(folder)) {
    load.stored = model::stored_dtype(folder);
    return load;
  }
  const auto checkpoint = model::open_checkpoint(folder);
  load.stored = model::stored_dtype(*checkpoint);
  for (const auto& file : checkpoint->files())
    load.files += static_cast<std::int64_t>(std::filesystem::file_size(file.path));
  return load;
}

RequiredMemory required_memory(const BaseLoad& load, std::int64_t tensors, std::int64_t batch) {
  const auto elements = elements_of(load.model);
  const auto layers = elements.layers * size_of(load.dtype);
  const bool mapped = load.in_files && load.dtype == load.stored;
  const auto elsewhere = mapped ? layers : layers * (load.share - 1) / load.share;
  const auto weights = model::weight_bytes(load.model, load.base, load.dtype).total() - elsewhere;
  const bool converted = load.cuda || size_of(load.dtype) < size_of(load.stored);
  RequiredMemory required;
  required.libraries = library_bytes(load.cuda);
  required.pages = mapped ? layers : elements.largest * size_of(load.stored);
  required.files = load.files;
  required.loading =
      (load.cuda ? 0 : weights) + (converted ? elements.largest * size_of(load.dtype) : 0);
  required.working = load.cuda ? batch : tensors - elsewhere;
  required.device = load.cuda ? tensors - elsewhere : 0;
  return required;
}

}  // namespace ecg_lora::plan
