// Which folds an evaluation uses for what, in words.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/evaluation/scoring/reference_labels.h"

namespace ecg_lora::evaluation {

/// "folds 1-8 train, 9 chooses thresholds, 10 tests". Says so if this is not the split of PTB-XL's
/// benchmark, if thresholds come from another run, or if `config.root` is an external data set.
/// `train` are the folds that the model was trained on.
std::string describe_folds(const std::vector<int>& train, const ReferenceConfig& config);

}  // namespace ecg_lora::evaluation
