// A frozen table of vectors.
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace ecg_lora::nn {

class EmbeddingImpl : public torch::nn::Module {
 public:
  /// A table [rows, width], not initialised, and frozen.
  EmbeddingImpl(std::int64_t rows, std::int64_t width, const at::TensorOptions& options) {
    weight =
        register_parameter("weight", at::empty({rows, width}, options), /*requires_grad=*/false);
  }
  /// The vectors of ids [...] int64, each from 0 to rows - 1, as [..., width]. Other ids are a
  /// c10::Error on the CPU.
  at::Tensor forward(const at::Tensor& ids) { return at::embedding(weight, ids); }

  at::Tensor weight;
};
TORCH_MODULE(Embedding);

}  // namespace ecg_lora::nn
