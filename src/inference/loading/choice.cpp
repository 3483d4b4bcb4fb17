#include "ecg_lora/inference/loading/choice.h"

#include <torch/cuda.h>

namespace ecg_lora::inference {

bool on_cuda(const ComputeConfig& compute) {
  return compute.device != "cpu" && torch::cuda::is_available();
}

model::BaseQuantisation base_quantisation(const ComputeConfig& compute) {
  return {model::parse_quantisation(compute.base_quantisation), compute.keep_dense, nullptr,
          compute.quantised_cache};
}

void resolve_dtype(ComputeConfig& compute, const std::string& base, model::Trainable trainable) {
  if (compute.dtype == "auto")
    compute.dtype = model::dtype_name(model::chosen_dtype(compute.dtype, base, trainable));
}

}  // namespace ecg_lora::inference
