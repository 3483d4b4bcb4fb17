// What the recipes of train and eval share.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ecg_lora/audit/report.h"
#include "ecg_lora/data/ecg_source.h"
#include "ecg_lora/model/mllama.h"

namespace ecg_lora::tools {

/// Where and how to compute.
struct ComputeConfig {
  std::string device = "auto", dtype = "auto", base_quantisation = "none";
  std::vector<std::string> keep_dense;
  std::string quantised_cache;
  int threads = 0;
  bool force = false;     ///< --force: load what does not fit; no key of a config
  bool approved = false;  ///< `dtype` is resolved and the memory looked at: base_room.h
  template <class V>
  void visit(V& v) {
    v.field("device", device, "auto (CUDA where there is one), cpu or cuda")
        .one_of({"auto", "cpu", "cuda"});
    v.field("dtype", dtype,
            "of the base's weights: auto (as the checkpoint stores them), fp32, bf16 or fp16")
        .one_of({"auto", "fp32", "bf16", "fp16"});
    v.field("base_quantisation", base_quantisation,
            "storage of the frozen linears: none, nf4 or int8")
        .one_of({"none", "nf4", "int8"});
    v.field("keep_dense", keep_dense,
            "globs over linears that are not quantised, for example [\"vision_model.*\"]");
    v.field("quantised_cache", quantised_cache,
            "folder that keeps the codes of quantised bases for the next load; empty for none");
    v.field("threads", threads, "CPU threads; 0 for all cores").range(0, 4096);
  }
};

model::BaseQuantisation base_quantisation(const ComputeConfig& compute);

/// The field of train, eval and plan that says how the base is opened.
template <class V>
void visit_vision_states(V& v, std::string& states) {
  v.field(model::kVisionStates, states,
          "of the base: entering or leaving (docs/developers/model.md); auto for what the "
          "checkpoint says")
      .one_of({"auto", "entering", "leaving"});
}

/// Refuses a checkpoint, or an adapter (or none, if empty) that does not fit it, before anything
/// large is read.
void check_model(const std::string& model, const std::string& adapter,
                 const std::string& vision_states);

/// Sets the threads and loads the model, which must be approved (base_room.h), with the vision
/// states that a config chose. `shard` keeps the weights of its layers, if it is given.
model::Mllama load_base(const std::string& folder, const std::string& vision_states,
                        const ComputeConfig& compute, const model::StoreWeight& shard = nullptr);

/// Records, labels and what turns them into batches.
struct DataSet {
  std::shared_ptr<const ptbxl::Database>
      database;  ///< null, as are the labels, where data.root is empty
  std::shared_ptr<const ptbxl::LabelSet> labels;
  text::ChatFormat chat;
  data::ImageConfig image;
};

/// Reads the tables of `config.root`, where there is one, and the tokenizer, chat template and
/// processor files of `model`.
DataSet load_data(const data::DataConfig& config, const std::string& model);

/// Patients and records that train, valid and test folds share, by their ids.
audit::Report audit_folds(const std::shared_ptr<const ptbxl::Database>& database,
                          const data::DataConfig& config);

/// "1-8, 10".
std::string fold_text(const std::vector<int>& folds);

}  // namespace ecg_lora::tools
