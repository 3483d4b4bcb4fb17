// adapter_config.json, and the names that PEFT gives to tensors. Shared by injection and by the streamed merge.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace ecg_lora::lora {

/// The fields of adapter_config.json that this program acts on; load_peft_config refuses any other field whose value is
/// not its neutral one, by name.
struct PeftConfig {
  std::int64_t rank = 0;
  double alpha = 0, dropout = 0;
  bool use_rslora = false;
  std::string base_model;
  double scale() const;  ///< alpha / r, or alpha / sqrt(r) with rsLoRA
};

PeftConfig load_peft_config(const std::filesystem::path& folder);

/// "base_model.model.<module>.lora_A.weight" in either naming, as the module's name on disk and "A" or "B". Checkpoint
/// error for any other name.
struct AdapterName {
  std::string module;  ///< for example "language_model.model.layers.0.self_attn.q_proj"
  char part;           ///< 'A' or 'B'
};
AdapterName parse_adapter_name(const std::string& name);
/// The naming that present PEFT and transformers write.
std::string adapter_name(const std::string& module, char part);

}  // namespace ecg_lora::lora
