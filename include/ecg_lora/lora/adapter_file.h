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

/// W - scale * b0 a0 + scale * b a of `weight` W [out, in], in fp32 on its device, with b0 a0 if
/// the adapter has them. With a magnitude m [out] (DoRA, Liu et al. 2024, arXiv 2402.09353), each
/// row is then rescaled to the norm m.
at::Tensor merged_weight(const at::Tensor& weight, const nn::Adapter& adapter);

/// Factors a [R, in] and b [out, R] of `rank` R that PiSSA or OLoRA start from, as PEFT computes
/// them from `weight` [out, in], in fp32; a0 and b0 are copies of them.
///   `init` "pissa"  b = U sqrt(S / scale), a = sqrt(S / scale) V^T, of the R largest singular
///                   values (Meng et al. 2024, arXiv 2404.02948)
///   `init` "olora"  of a QR decomposition, the first R columns of the orthogonal factor as b, the
///                   first R rows of the triangular one as a (Büyükakyüz 2024, arXiv 2406.01775)
/// Usage error if the rank is above the shorter side of the weight.
nn::Adapter decompose(const at::Tensor& weight, const std::string& init, std::int64_t rank,
                      double scale);

struct LoraSpec;
using NamedAdapters = std::vector<std::pair<std::string, nn::Adapter>>;  ///< by module name on disk

/// What an adapter's metadata say of the base that it was trained on; other tools pass over them.
struct BaseInTraining {
  model::KeptStates kept;
  nn::Quantisation quantisation = nn::Quantisation::none;
};

/// Writes adapter_config.json (with the fewest fields, since older PEFT versions fail on those that
/// they do not know) and adapter_model.safetensors into `folder`, which is created; each file whole
/// or not at all. `adapters` is not empty. Rank and alpha are those of the adapters; `spec` gives
/// rsLoRA, DoRA, dropout and naming. Data error if a file cannot be written.
void write_adapter(const std::filesystem::path& folder, const NamedAdapters& adapters,
                   const LoraSpec& spec, const std::string& base_name, const BaseInTraining& base);

/// An adapter folder, with its tensors mapped. Module names are those on disk, without ".weight".
class AdapterFile {
 public:
  /// Checkpoint error if a file is missing or damaged, the config asks for what is not supported
  /// (load_peft_config()), or a tensor is unknown, holds a value that is not finite, lacks its
  /// pair, or has another rank than the config gives its module. A warning names files with other
  /// trained weights in the folder, which are not read.
  explicit AdapterFile(const std::filesystem::path& folder);

  const std::filesystem::path& folder() const { return folder_; }
  const PeftConfig& config() const { return config_; }
  /// Factors by module name: a [R, in], b [out, R] and magnitude [out] as views of the file, in its
  /// dtype, and scale and dropout by the config. a0 and b0 are not in the file: adapter_for().
  const std::map<std::string, nn::Adapter>& modules() const { return modules_; }
  /// Numbers in all factors and magnitudes.
  std::int64_t parameters() const;
  /// What the base was quantised to while the adapter was trained: "nf4" or "int8"; "none" if the
  /// file does not say.
  const std::string& base_quantisation() const { return base_quantisation_; }
  /// Whether load_adapter() leaves the base's weights as they are: factors that started in a weight
  /// (PiSSA, OLoRA) are taken out of it again, which changes it.
  bool leaves_base_unchanged() const { return config_.init == "default"; }
  /// The vision states that it was trained with; none if the file does not say, as those of PEFT.
  const std::optional<model::KeptStates>& kept_states() const { return kept_; }

  /// Checkpoint error that names the first mismatches(), if there are any; then check_states().
  void check_fits(const model::ModelConfig& base) const;
  /// Checkpoint error if it was trained with other vision states than `base` keeps; a warning if
  /// the user chose those, or if the adapter does not say and those of `base` are assumed.
  void check_states(const model::VisionConfig& base) const;
  /// Whether it says that it was trained with other vision states than `base` keeps.
  bool has_other_states(const model::VisionConfig& base) const;
  /// Why it does not fit, a sentence each: modules that are no linears of the base, or of another
  /// shape, and targets of the config without tensors, or the reverse. Empty if it fits.
  std::vector<std::string> mismatches(const model::ModelConfig& base) const;
  /// The adapter of `module`, one of modules(), for `weight` [out, in] of its base. If the config's
  /// init took factors out of the base, they are computed again (decompose()).
  nn::Adapter adapter_for(const std::string& module, const at::Tensor& weight) const;
  /// Gives the memory of the file's pages of `module`, one of modules(), back to the system;
  /// reading its factors brings them back.
  void release_pages(const std::string& module) const;

 private:
  void read();
  void check_ranks() const;

  std::filesystem::path folder_;
  PeftConfig config_;
  std::string base_quantisation_ = "none";
  std::optional<model::KeptStates> kept_;
  tensorio::SafetensorsFile file_;
  std::map<std::string, std::vector<std::string>> tensor_names_;  ///< in the file, by module
  std::map<std::string, nn::Adapter> modules_;
  std::map<std::string, std::string> peft_names_;  ///< PEFT's names of modules
};

}  // namespace ecg_lora::lora
