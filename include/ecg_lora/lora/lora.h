// Low-rank adapters: which linears get one, freezing, and PEFT's files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "ecg_lora/model/mllama/mllama.h"

namespace ecg_lora::lora {

/// Where adapters go, how large they are and how they start; visit() describes each field. Globs
/// match module names below the tower ("layers.*.self_attn.q_proj", "*.mlp.*"; "*" is every
/// linear), so that a bare q_proj cannot hit a tower by surprise; patterns match whole names on
/// disk.
struct LoraSpec {
  std::int64_t rank = 64;
  double alpha = 128;
  double dropout = 0;
  std::vector<std::string> text{"*"}, vision{"*"};
  std::string text_layers, vision_layers;
  bool projector = false;
  std::vector<std::string> rank_pattern, alpha_pattern;
  bool rslora = false;           ///< Kalajdzievski 2023, arXiv 2312.03732
  bool dora = false;             ///< Liu et al. 2024, arXiv 2402.09353
  std::string init = "kaiming";  ///< pissa and olora: decompose()
  std::string peft_naming = "new";
  template <class V>
  void visit(V& v) {
    v.field("rank", rank, "rank of each adapter").range(1, 4096);
    v.field("alpha", alpha, "scale is alpha / rank").range(1e-6, 1e6);
    v.field("dropout", dropout, "dropout probability on the adapter's input; 0 is off")
        .range(0, 0.95);
    v.field("text", text,
            "globs over the decoder's linears, for example [\"*.self_attn.*\"]; [] for none");
    v.field("vision", vision, "globs over the vision tower's linears; [] for none");
    v.field("text_layers", text_layers,
            "only these decoder layers, for example 8-39; empty for all");
    v.field("vision_layers", vision_layers,
            "only these vision layers, global ones counted on from the local ones; empty for all");
    v.field("projector", projector, "adapt the multi-modal projector as well");
    v.field("rank_pattern", rank_pattern,
            "other ranks, first match counts, for example [\"*.mlp.*=16\"]");
    v.field("alpha_pattern", alpha_pattern, "other alphas, likewise");
    v.field("rslora", rslora, "scale is alpha / sqrt(rank)");
    v.field("dora", dora, "learn the norm of each row of the weight as well (DoRA)");
    v.field("init", init, "start of the factors; pissa and olora start from the weight's own")
        .one_of({"kaiming", "gaussian", "pissa", "olora"});
    v.field("peft_naming", peft_naming,
            "tensor names in written adapters: new (transformers from 4.52) or old")
        .one_of({"new", "old"});
  }
};

/// What inject() or load_adapter() did.
struct InjectReport {
  std::vector<std::string> modules;       ///< disk names of the adapted modules, in model order
  std::int64_t trainable = 0, total = 0;  ///< parameters that are trained, and all
  /// A table for people: tower and kind of linear, how many, rank, parameters.
  std::string table;
  std::int64_t changing = 0;  ///< of load_adapter(): modules whose output the adapter changes
};

/// Fills the adapter slot of every linear that `spec` hits, all fp32 and trainable. A is
/// Kaiming-uniform or Gaussian (standard deviation 1 / rank) from `seed` and B zero, or both come
/// from the weight (pissa, olora). A glob that hits nothing, one that names lm_head or
/// embed_tokens, and DoRA together with pissa or olora (which cannot be written as a plain adapter)
/// are usage errors.
InjectReport inject(model::Mllama& model, const LoraSpec& spec, std::uint64_t seed);

/// The report of inject() for a model of the shape `config`, from the tensor table alone. Usage
/// errors as find_targets().
InjectReport count(const model::ModelConfig& config, const LoraSpec& spec);

/// Whether no adapter of `spec` takes part in an answer about no page: none but those of the vision
/// tower, the projector and the layers that attend to pages.
bool needs_pages(const model::ModelConfig& config, const LoraSpec& spec);

/// Adapter parameters (the tensors themselves, fp32) under PEFT's names
/// ("base_model.model.….lora_A.weight"), in model order.
std::vector<std::pair<std::string, at::Tensor>> adapter_tensors(const model::Mllama& model);

/// Writes adapter_config.json and adapter_model.safetensors into `folder` (created; each file whole
/// or not at all). Adapters that took factors out of the base are written as plain LoRA of twice
/// the rank over the whole base: [a; a0] and [b, -b0]. Data error if a file cannot be written.
void save_adapter(const std::filesystem::path& folder, const model::Mllama& model,
                  const LoraSpec& spec, const std::string& base_name);

/// Reads a PEFT adapter of either naming into `model`, trainable. Checkpoint error if the folder is
/// damaged or asks for what is not supported, a tensor has no linear, a target no tensors, the
/// vision states are others (AdapterFile::check_fits()), or factors are to be taken out of a packed
/// weight. Whether each module's output changes is tried out; a warning says so if none does.
InjectReport load_adapter(model::Mllama& model, const std::filesystem::path& folder);

/// Copies the factors of `folder`, written by save_adapter() from an equal spec, into the adapters
/// that `model` has already. The parameters stay the same tensors, so that an optimizer that holds
/// them goes on. Checkpoint error if the two do not fit.
void restore_adapter(const model::Mllama& model, const std::filesystem::path& folder);

/// Makes every parameter trainable but lm_head and embed_tokens, which are never trained.
InjectReport train_everything(model::Mllama& model);

/// Parameters with requires_grad, with their names, in model order.
std::vector<std::pair<std::string, at::Tensor>> trainable_parameters(const model::Mllama& model);

}  // namespace ecg_lora::lora
