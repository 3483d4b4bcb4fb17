// The recipe of ecg-lora predict: a model, what it is asked, and on which pages.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/inference/predictor/predictor.h"

namespace ecg_lora::tools {

struct PredictRecipe {
  inference::ModelChoice model;
  std::vector<std::string> images, records;
  inference::Questions questions;
  std::string format = "text";  ///< or json
  bool probabilities = false;   ///< of questions as well
  bool force = false;           ///< go on although the model will not fit into memory
  decoding::DecodeOptions decoding;
};

int run_predict(PredictRecipe& recipe);

}  // namespace ecg_lora::tools
