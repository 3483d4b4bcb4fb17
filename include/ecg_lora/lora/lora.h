// Low-rank adapters: which linears get one, freezing, and PEFT's files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "ecg_lora/model/mllama.h"

namespace ecg_lora::lora {

/// Where adapters go and how large they are. `text` and `vision` are globs over module names below the tower
/// ("layers.*.self_attn.q_proj", "*.mlp.*"; "*" is every linear), so that a bare q_proj cannot hit a tower by surprise.
struct LoraSpec {
  std::int64_t rank = 64;
  double alpha = 128;      ///< scale is alpha / rank
  double dropout = 0;      ///< probability, on the adapter's input
  std::vector<std::string> text{"*"}, vision{"*"};
  bool projector = false;
  template <class V>
  void visit(V& v) {
    v.field("rank", rank, "rank of each adapter").range(1, 4096);
    v.field("alpha", alpha, "scale is alpha / rank").range(1e-6, 1e6);
    v.field("dropout", dropout, "dropout probability on the adapter's input; 0 is off").range(0, 0.95);
    v.field("text", text, "globs over the decoder's linears, for example [\"*.self_attn.*\"]; [] for none");
    v.field("vision", vision, "globs over the vision tower's linears; [] for none");
    v.field("projector", projector, "adapt the multi-modal projector as well");
  }
};

/// What inject() or load_adapter() did.
struct InjectReport {
  std::vector<std::string> modules;  ///< disk names of the adapted modules, in model order
  std::int64_t trainable = 0, total = 0;  ///< parameters
  /// A table for people: tower and kind of linear, how many, rank, parameters.
  std::string table;
};

/// Fills the adapter slot of every linear that `spec` hits: A Kaiming-uniform from `seed`, B zero, both fp32 and trainable.
/// A glob that hits nothing, or that names lm_head or embed_tokens, is a usage error.
InjectReport inject(model::Mllama& model, const LoraSpec& spec, std::uint64_t seed);

/// Trainable parameters that `spec` would add to the shape `config`, from the tensor table alone.
InjectReport count(const model::ModelConfig& config, const LoraSpec& spec);

/// Adapter tensors under PEFT's names ("base_model.model.….lora_A.weight"), in model order.
std::vector<std::pair<std::string, at::Tensor>> adapter_tensors(const model::Mllama& model);

/// Writes adapter_config.json and adapter_model.safetensors into `folder` (created; each file whole or not at all).
void save_adapter(const std::filesystem::path& folder, const model::Mllama& model, const LoraSpec& spec,
                  const std::string& base_name);

/// Reads a PEFT adapter of either naming into `model`. Every tensor must be consumed and every target hit; what is not
/// supported is refused by name (checkpoint error). The adapter is trainable afterwards.
InjectReport load_adapter(model::Mllama& model, const std::filesystem::path& folder);

/// Copies the factors of `folder`, written by save_adapter(), into the adapters that `model` has already. The parameters stay the
/// same tensors, so that an optimizer that holds them goes on. Checkpoint error where the two do not fit.
void restore_adapter(const model::Mllama& model, const std::filesystem::path& folder);

/// Makes every parameter trainable but lm_head and embed_tokens, which are never trained.
InjectReport train_everything(model::Mllama& model);

/// Parameters with requires_grad, with their names, in model order.
std::vector<std::pair<std::string, at::Tensor>> trainable_parameters(const model::Mllama& model);

}  // namespace ecg_lora::lora
