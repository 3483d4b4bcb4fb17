// Weights of frozen linears in four or eight bits, made dense again where they are used.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "ecg_lora/nn/quantised/packed_weight.h"

namespace ecg_lora::nn {

/// How a weight is stored.
///   nf4   4-bit NormalFloat (Dettmers et al. 2023, arXiv 2305.14314) with double quantisation, as
///   bitsandbytes' quantize_4bit(blocksize=64,
///         compress_statistics=True, quant_type="nf4"): blocks of 64 along the rows; of each the
///         largest magnitude ("absmax"), which less its mean is itself stored in 8 bits of a
///         dynamic code in blocks of 256. 4.127 bits a value.
///   int8  LLM.int8's weights (Dettmers et al. 2022, arXiv 2208.07339), as bitsandbytes'
///   int8_vectorwise_quant of the half-precision weight: value times
///         127 over the largest magnitude of its row. 8 bits a value and 32 a row. Activations are
///         not quantised.
enum class Quantisation { none, nf4, int8 };

/// A tensor that stands for a part of a weight.
struct QuantisedBuffer {
  const char* name;
  at::ScalarType dtype;
  std::vector<std::int64_t> shape;
};

/// What a quantised weight [out, in] is kept in; `kind` is not none.
std::vector<QuantisedBuffer> quantised_buffers(Quantisation kind, std::int64_t out,
                                               std::int64_t in);
/// Their bytes.
std::int64_t quantised_bytes(Quantisation kind, std::int64_t out, std::int64_t in);

/// A weight [out, in] as codes and scales, which are buffers under the names of
/// quantised_buffers().
class QuantisedImpl : public PackedWeightImpl {
 public:
  /// Quantises `dense` [out, in], of any floating dtype and on any device, on the CPU, a part at a
  /// time; the buffers go to `device`. std::domain_error where a value is not finite, or beyond the
  /// range of fp16 (int8).
  QuantisedImpl(Quantisation kind, const at::Tensor& dense, at::Device device);
  /// Of codes and scales that were made before, as named_buffers() has them.
  QuantisedImpl(Quantisation kind, std::int64_t out, std::int64_t in,
                const std::vector<at::Tensor>& buffers, at::Device device);

  /// The weight that the codes stand for, [out, in]: computed in fp32, rounded once to `dtype`
  /// (fp32, bf16 or fp16).
  at::Tensor dense(at::ScalarType dtype) const override;
  /// The same values by tensor operations alone: what devices other than the CPU run.
  at::Tensor dense_by_operations(at::ScalarType dtype) const;

  Quantisation kind() const { return kind_; }
  std::int64_t bytes() const { return quantised_bytes(kind_, out_, in_); }

 private:
  void keep(const std::vector<at::Tensor>& buffers, at::Device device);
  void fill_nf4(const at::Tensor& dense);
  void fill_int8(const at::Tensor& dense);
  at::Tensor block_absmax() const;

  Quantisation kind_;
  std::int64_t out_, in_;
  at::Tensor codes_;  ///< nf4: [ceil(out * in / 2)] uint8, the first of two values in the upper
                      ///< half; int8: [out, in] int8
  at::Tensor
      absmax_;  ///< nf4: [blocks] uint8, codes of what stands above the offset; int8: [out] fp32
  at::Tensor absmax_scale_, absmax_offset_;  ///< nf4 only: [ceil(blocks / 256)] and [] fp32
};
TORCH_MODULE(Quantised);

}  // namespace ecg_lora::nn
