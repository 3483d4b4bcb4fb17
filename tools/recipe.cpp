#include "recipe.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <stdexcept>

#include "ecg_lora/audit/audit.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/lora/adapter_file.h"
#include "ecg_lora/model/check_checkpoint.h"
#include "ecg_lora/text/chat_format.h"
#include "wording_use.h"

namespace ecg_lora::tools {

model::BaseQuantisation base_quantisation(const ComputeConfig& compute) {
  return {model::parse_quantisation(compute.base_quantisation), compute.keep_dense, nullptr,
          compute.quantised_cache};
}

void check_model(const std::string& model, const std::string& adapter,
                 const std::string& vision_states) {
  model::check_checkpoint(model);
  if (adapter.empty()) return;
  const auto chosen = model::chosen_vision_states(vision_states);
  lora::AdapterFile(adapter).check_fits(model::load_model_config(model, chosen));
}

model::Mllama load_base(const std::string& folder, const std::string& vision_states,
                        const ComputeConfig& compute, const model::StoreWeight& shard) {
  if (!compute.approved) throw std::logic_error("a base is loaded before its memory was looked at");
  if (compute.threads > 0) at::set_num_threads(compute.threads);
  auto storage = base_quantisation(compute);
  if (storage.kind == nn::Quantisation::none && !storage.cache.empty())
    log_warn(cat("the cache of codes ", compute.quantised_cache, " is not used, since the base is ",
                 "not quantised; set base_quantisation to nf4 or int8"));
  storage.shard = shard;
  return model::load_model(folder, model::parse_device(compute.device),
                           model::parse_dtype(compute.dtype), storage,
                           model::chosen_vision_states(vision_states));
}

DataSet load_data(const data::DataConfig& config, const std::string& model) {
  DataSet result;
  if (!config.root.empty()) {
    result.database = std::make_shared<const ptbxl::Database>(
        ptbxl::load_database(config.root, config.recording_roots));
    const auto wording = ptbxl::Wording::load(config.wording, result.database->statements);
    result.labels = std::make_shared<const ptbxl::LabelSet>(*result.database, config.labels,
                                                            config.minimum_likelihood, wording);
    tell_of(result.labels->words());
  }
  result.chat = text::load_chat_format(model);
  result.image = data::load_image_config(model);
  return result;
}

audit::Report audit_folds(const std::shared_ptr<const ptbxl::Database>& database,
                          const data::DataConfig& config) {
  audit::Splits splits;
  const auto add = [&](const char* name, const std::vector<int>& folds) {
    const auto& records = database->records;
    const bool any = std::any_of(records.begin(), records.end(), [&](const auto& r) {
      return std::find(folds.begin(), folds.end(), r.strat_fold) != folds.end();
    });
    if (any) splits.emplace_back(name, folds);
  };
  add("train", config.train_folds);
  add("valid", config.valid_folds);
  add("test", config.test_folds);
  if (splits.empty()) return {};
  const auto collection = sources::ptbxl_collection(database, config.sampling_rate);
  return audit::audit_ids(audit::plan_splits(*collection, splits));
}

std::string fold_text(const std::vector<int>& folds) {
  std::string text;
  for (std::size_t i = 0; i < folds.size();) {
    std::size_t end = i;
    while (end + 1 < folds.size() && folds[end + 1] == folds[end] + 1) ++end;
    text += (text.empty() ? "" : ", ") + std::to_string(folds[i]) +
            (end > i ? "-" + std::to_string(folds[end]) : "");
    i = end + 1;
  }
  return text.empty() ? "none" : text;
}

}  // namespace ecg_lora::tools
