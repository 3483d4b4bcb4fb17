// Weights of frozen linears in four or eight bits, made dense again when they are used.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "ecg_lora/nn/quantised/packed_weight.h"

namespace ecg_lora::nn {

/// The format of a weight.
///   none  dense.
///   nf4   4-bit NormalFloat (Dettmers et al. 2023, arXiv 2305.14314) with double quantisation, as
///         bitsandbytes' quantize_4bit(blocksize=64, compress_statistics=True, quant_type="nf4"):
///         blocks of 64 values along the rows; the largest magnitude of each block ("absmax"), less
///         the mean of all, is itself kept in 8 bits of a dynamic code, in blocks of 256. 4.127
///         bits per value.
///   int8  the weights of LLM.int8 (Dettmers et al. 2022, arXiv 2208.07339), as bitsandbytes'
///         int8_vectorwise_quant of the weight in half precision: value times 127 over the largest
///         magnitude of its row. 8 bits per value and 32 per row. Activations are not quantised.
enum class Quantisation { none, nf4, int8 };

/// A tensor that a quantised weight is kept in.
struct QuantisedBuffer {
  const char* name;
  at::ScalarType dtype;
  std::vector<std::int64_t> shape;
};

/// The buffers of a quantised weight [out, in], in order: codes and scales. c10::Error if `kind` is
/// none.
std::vector<QuantisedBuffer> quantised_buffers(Quantisation kind, std::int64_t out,
                                               std::int64_t in);
/// Bytes of those buffers.
std::int64_t quantised_bytes(Quantisation kind, std::int64_t out, std::int64_t in);

/// A weight [out, in] as codes and scales, which are buffers of the module under the names of
/// quantised_buffers().
class QuantisedImpl : public PackedWeightImpl {
 public:
  /// Quantises `dense` [out, in], of any floating dtype and on any device, on the CPU, a part at a
  /// time; the buffers go to `device`. std::domain_error if a value is not finite, or beyond the
  /// range of fp16 (int8). c10::Error if `kind` is none.
  QuantisedImpl(Quantisation kind, const at::Tensor& dense, at::Device device);
  /// From `buffers` that were made before, in the order of quantised_buffers(); they go to
  /// `device`. c10::Error if a shape or dtype is another.
  QuantisedImpl(Quantisation kind, std::int64_t out, std::int64_t in,
                const std::vector<at::Tensor>& buffers, at::Device device);

  /// The weight [out, in] that the codes mean, on their device: computed in fp32, rounded once to
  /// `dtype` (fp32, bf16 or fp16).
  at::Tensor dense(at::ScalarType dtype) const override;
  /// The same values by tensor operations alone, which is what dense() does on devices other than
  /// the CPU.
  at::Tensor dense_by_operations(at::ScalarType dtype) const;

  Quantisation kind() const { return kind_; }
  /// Bytes of the buffers.
  std::int64_t bytes() const { return quantised_bytes(kind_, out_, in_); }

 private:
  void keep(const std::vector<at::Tensor>& buffers, at::Device device);
  void fill_nf4(const at::Tensor& dense);
  void fill_int8(const at::Tensor& dense);
  at::Tensor block_absmax() const;

  Quantisation kind_;
  std::int64_t out_, in_;
  /// nf4: [ceil(out * in / 2)] uint8, the first of two values in the upper half; int8: [out, in]
  /// int8.
  at::Tensor codes_;
  /// nf4: [blocks] uint8, codes of the absmaxes less the offset; int8: [out] fp32.
  at::Tensor absmax_;
  /// nf4 only: [ceil(blocks / 256)] and [], fp32.
  at::Tensor absmax_scale_, absmax_offset_;
};
TORCH_MODULE(Quantised);

}  // namespace ecg_lora::nn
