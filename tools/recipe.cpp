#include "recipe.h"

#include <ATen/Parallel.h>

#include "ecg_lora/base/error.h"

namespace ecg_lora::tools {

model::Mllama load_base(const std::string& folder, const ComputeConfig& compute) {
  if (compute.threads > 0) at::set_num_threads(compute.threads);
  return model::load_model(folder, model::parse_device(compute.device), model::parse_dtype(compute.dtype));
}

DataSet load_data(const data::DataConfig& config, const std::string& model) {
  DataSet result;
  if (!config.root.empty()) {
    result.database = std::make_shared<const ptbxl::Database>(ptbxl::load_database(config.root));
    result.labels = std::make_shared<const ptbxl::LabelSet>(*result.database, config.labels, config.minimum_likelihood);
  }
  result.tokenizer = text::load_tokenizer(model);
  result.image = data::load_image_config(model);
  return result;
}

std::string fold_text(const std::vector<int>& folds) {
  std::string text;
  for (std::size_t i = 0; i < folds.size();) {
    std::size_t end = i;
    while (end + 1 < folds.size() && folds[end + 1] == folds[end] + 1) ++end;
    text += (text.empty() ? "" : ", ") + std::to_string(folds[i]) + (end > i ? "-" + std::to_string(folds[end]) : "");
    i = end + 1;
  }
  return text.empty() ? "none" : text;
}

}  // namespace ecg_lora::tools
