// A PEFT adapter folder, read once and checked, for injection, merge and inspection alike.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ecg_lora/lora/peft_config.h"
#include "ecg_lora/model/shape/config.h"
#include "ecg_lora/nn/layers/linear.h"
#include "ecg_lora/nn/quantised/quantised.h"
#include "ecg_lora/tensorio/safetensors.h"

namespace ecg_lora::lora {

/// W - scale * b0 a0 + scale * b a in fp32, its rows rescaled to the magnitude where there is one.
/// `weight` is [out, in].
at::Tensor merged_weight(const at::Tensor& weight, const nn::Adapter& adapter);

/// Factors that PiSSA (principal singular vectors, Meng et al. 2024, arXiv 2404.02948) or OLoRA
/// (QR, Büyükakyüz 2024, arXiv 2406.01775) start from, with a0 and b0 set to them, as PEFT computes
/// them. `init` is "pissa" or "olora".
nn::Adapter decompose(const at::Tensor& weight, const std::string& init, std::int64_t rank,
                      double scale);

struct LoraSpec;
using NamedAdapters = std::vector<std::pair<std::string, nn::Adapter>>;  ///< by module name on disk

/// What the metadata of the tensors say of the base that an adapter was trained on, where other
/// tools do not mind it.
struct BaseInTraining {
  model::KeptStates kept;
  nn::Quantisation quantisation = nn::Quantisation::none;
};

/// Writes adapter_config.json (with the fewest fields) and adapter_model.safetensors into `folder`;
/// each file whole or not at all. Rank and alpha are those of the adapters; `spec` gives rsLoRA,
/// DoRA, dropout and naming.
void write_adapter(const std::filesystem::path& folder, const NamedAdapters& adapters,
                   const LoraSpec& spec, const std::string& base_name, const BaseInTraining& base);

class AdapterFile {
 public:
  /// Checkpoint error where a tensor is unknown, lacks its pair, or has another rank than the
  /// config gives its module.
  explicit AdapterFile(const std::filesystem::path& folder);

  const std::filesystem::path& folder() const { return folder_; }
  const PeftConfig& config() const { return config_; }
  /// Factors by module name on disk. Views of the file; a0 and b0 are not in it (see adapter_for).
  const std::map<std::string, nn::Adapter>& modules() const { return modules_; }
  std::int64_t parameters() const;
  /// What the base was quantised to while the adapter was trained: "nf4" or "int8"; "none" where
  /// the file does not say.
  const std::string& base_quantisation() const { return base_quantisation_; }
  /// Whether load_adapter() leaves the base's weights as they are: factors that started in a weight
  /// are taken out of it again, which changes it.
  bool leaves_base_unchanged() const { return config_.init == "default"; }
  /// The vision states that it was trained with; none if the file does not say, as those of peft.
  const std::optional<model::KeptStates>& kept_states() const { return kept_; }

  /// Every adapted module is a linear of this shape with matching sides, and every linear that the
  /// config targets is adapted. Checkpoint error that names what is not. The vision states are
  /// those that it was trained with (check_states).
  void check_fits(const model::ModelConfig& base) const;
  /// Checkpoint error if it was trained with other vision states than `base` keeps; a warning if
  /// the user chose those, or if the adapter does not say and those of `base` are assumed.
  void check_states(const model::VisionConfig& base) const;
  /// Whether it says that it was trained with other vision states than `base` keeps.
  bool has_other_states(const model::VisionConfig& base) const;
  /// Reasons why it does not fit; empty where it does.
  std::vector<std::string> mismatches(const model::ModelConfig& base) const;
  /// The adapter of a module for the weight of its base: where the config's init took factors out
  /// of the base, they are computed again.
  nn::Adapter adapter_for(const std::string& module, const at::Tensor& weight) const;
  /// Gives the memory that the file's pages of a module take back to the system. What reads its
  /// factors later finds them again.
  void release_pages(const std::string& module) const;

 private:
  void read();
  void check_ranks() const;

  std::filesystem::path folder_;
  PeftConfig config_;
  std::string base_quantisation_ = "none";
  std::optional<model::KeptStates> kept_;
  tensorio::SafetensorsFile file_;
  std::map<std::string, std::vector<std::string>>
      stored_;  ///< module to the names of its tensors in the file
  std::map<std::string, nn::Adapter> modules_;
  std::map<std::string, std::string> peft_names_;  ///< disk name to the name in the file
};

}  // namespace ecg_lora::lora
