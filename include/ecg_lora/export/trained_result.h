// What a training run leaves at its end.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "ecg_lora/cost/cost_record.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/model/mllama/mllama.h"

namespace ecg_lora::exports {

/// Where a trained model goes, and what it was made from.
struct ExportOptions {
  std::filesystem::path run;               ///< its folder
  std::string base;                        ///< folder of the base
  std::optional<lora::LoraSpec> adapters;  ///< none: all parameters were trained
  at::ScalarType dtype = at::kBFloat16;    ///< of the weights that are written; adapters are fp32
};

/// Writes the adapter into run/adapter or the model into run/model, with a card and what the run
/// cost, whole or not at all, in place of an earlier one. Returns the folder.
std::string write_trained(const model::Mllama& model, const ExportOptions& options,
                          const cost::CostRecord& cost);

}  // namespace ecg_lora::exports
