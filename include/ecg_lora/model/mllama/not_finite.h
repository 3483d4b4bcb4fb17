// Where in a model numbers stop being finite.
#pragma once

#include "ecg_lora/model/mllama/mllama.h"

namespace ecg_lora::model {

/// Numerics error (exit code 5) that names the first part whose output holds NaN or infinity, found
/// by one more pass over `batch`. `image_states` [I, T*P, D] as MllamaImpl::hidden() takes them,
/// encoded again if the batch has pixels. For a caller that has met a logit that is not finite.
[[noreturn]] void throw_not_finite(Mllama& model, const data::Batch& batch,
                                   const at::Tensor& image_states);

}  // namespace ecg_lora::model
