// The library's names, until all commands use them there.
#pragma once

#include <optional>
#include <stdexcept>

#include "ecg_lora/audit/audit.h"
#include "ecg_lora/data/data_set.h"
#include "ecg_lora/inference/load.h"
#include "ecg_lora/sources/folds.h"

namespace ecg_lora::tools {

struct ComputeConfig : inference::ComputeConfig {
  bool force = false;  ///< --force: load what does not fit; no key of a config
  std::optional<plan::RoomChecked> approved;
};

using data::DataSet;
using data::load_data;
using inference::base_quantisation;
using inference::visit_vision_states;
using sources::fold_text;

inline void check_model(const std::string& model, const std::string& adapter,
                        const std::string& vision_states) {
  inference::check_files({model, adapter, vision_states});
}

inline model::Mllama load_base(const std::string& folder, const std::string& vision_states,
                               const ComputeConfig& compute,
                               const model::StoreWeight& shard = nullptr) {
  if (!compute.approved) throw std::logic_error("a base is loaded before its memory was looked at");
  return inference::load_base({folder, "", vision_states, compute}, *compute.approved, shard);
}

inline audit::Report audit_folds(const std::shared_ptr<const ptbxl::Database>& database,
                                 const data::DataConfig& config) {
  return audit::audit_folds(database, config.sampling_rate, config.splits());
}

}  // namespace ecg_lora::tools
