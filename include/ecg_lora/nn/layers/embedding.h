// A frozen table of vectors.
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace ecg_lora::nn {

class EmbeddingImpl : public torch::nn::Module {
 public:
  EmbeddingImpl(std::int64_t rows, std::int64_t width, const at::TensorOptions& options) {
    weight =
        register_parameter("weight", at::empty({rows, width}, options), /*requires_grad=*/false);
  }
  at::Tensor forward(const at::Tensor& ids) {
    return at::embedding(weight, ids);
  }  ///< [...] to [..., width]
  at::Tensor weight;
};
TORCH_MODULE(Embedding);

}  // namespace ecg_lora::nn
