#include "ecg_lora/nn/quantised/quantised.h"

#include <c10/util/accumulate.h>

#include <stdexcept>

#include "dequantise.h"
#include "quantised_codes.h"

namespace ecg_lora::nn {
namespace {

constexpr std::int64_t kValuesAtOnce =
    std::int64_t{1} << 20;  ///< of a weight that is converted in parts; a multiple of every block

std::int64_t ceil_div(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

/// Calls use(begin, end) for parts of [0, count) of at most `most`.
template <class F>
void in_parts(std::int64_t count, std::int64_t most, F use) {
  for (std::int64_t begin = 0; begin < count; begin += most)
    use(begin, std::min(count, begin + most));
}

/// Codes would turn such values into plausible numbers.
void require_finite(bool finite) {
  if (!finite)
    throw std::domain_error("a weight to quantise is not finite in the range of its format");
}

/// NF4 codes of all values; absmax [blocks] in fp32. False if a value is not finite.
bool fill_codes(const at::Tensor& flat, at::Tensor& codes, at::Tensor& absmax) {
  auto* to = codes.mutable_data_ptr<std::uint8_t>();
  auto* most = absmax.mutable_data_ptr<float>();
  if (flat.is_cpu() && flat.scalar_type() == at::kBFloat16)
    return nf4_codes(flat.const_data_ptr<c10::BFloat16>(), flat.numel(), to, most);
  if (flat.is_cpu() && flat.scalar_type() == at::kFloat)
    return nf4_codes(flat.const_data_ptr<float>(), flat.numel(), to, most);
  bool finite = true;
  in_parts(flat.numel(), kValuesAtOnce, [&](std::int64_t begin, std::int64_t end) {
    const auto part = flat.slice(0, begin, end).to(at::kCPU, at::kFloat).contiguous();
    finite &= nf4_codes(part.const_data_ptr<float>(), end - begin, to + begin / 2,
                        most + begin / kNf4Block);
  });
  return finite;
}

}  // namespace

std::vector<QuantisedBuffer> quantised_buffers(Quantisation kind, std::int64_t out,
                                               std::int64_t in) {
  TORCH_CHECK(kind != Quantisation::none, "a dense weight has no codes");
  if (kind == Quantisation::int8)
    return {{"codes", at::kChar, {out, in}}, {"absmax", at::kFloat, {out}}};
  const auto blocks = ceil_div(out * in, kNf4Block);
  return {{"codes", at::kByte, {ceil_div(out * in, 2)}},
          {"absmax", at::kByte, {blocks}},
          {"absmax_scale", at::kFloat, {ceil_div(blocks, kAbsmaxBlock)}},
          {"absmax_offset", at::kFloat, {}}};
}

std::int64_t quantised_bytes(Quantisation kind, std::int64_t out, std::int64_t in) {
  std::int64_t bytes = 0;
  for (const auto& buffer : quantised_buffers(kind, out, in))
    bytes += c10::multiply_integers(buffer.shape) *
             static_cast<std::int64_t>(c10::elementSize(buffer.dtype));
  return bytes;
}

QuantisedImpl::QuantisedImpl(Quantisation kind, const at::Tensor& dense, at::Device device)
    : kind_(kind), out_(dense.size(0)), in_(dense.size(1)) {
  const at::NoGradGuard guard;
  at::Tensor* const places[] = {&codes_, &absmax_, &absmax_scale_, &absmax_offset_};
  const auto buffers = quantised_buffers(kind, out_, in_);
  for (std::size_t i = 0; i < buffers.size(); ++i)
    *places[i] = at::empty(buffers[i].shape, at::TensorOptions(buffers[i].dtype));
  kind == Quantisation::nf4 ? fill_nf4(dense) : fill_int8(dense);
  keep({codes_, absmax_, absmax_scale_, absmax_offset_}, device);
}

QuantisedImpl::QuantisedImpl(Quantisation kind, std::int64_t out, std::int64_t in,
                             const std::vector<at::Tensor>& buffers, at::Device device)
    : kind_(kind), out_(out), in_(in) {
  const auto expected = quantised_buffers(kind, out, in);
  bool same = buffers.size() == expected.size();
  for (std::size_t i = 0; same && i < expected.size(); ++i)
    same = buffers[i].scalar_type() == expected[i].dtype &&
           buffers[i].sizes() == at::IntArrayRef(expected[i].shape);
  TORCH_CHECK(same,
              "the buffers of a quantised weight have other shapes or dtypes than it asks for");
  keep(buffers, device);
}

void QuantisedImpl::keep(const std::vector<at::Tensor>& buffers, at::Device device) {
  at::Tensor* const places[] = {&codes_, &absmax_, &absmax_scale_, &absmax_offset_};
  const auto names = quantised_buffers(kind_, out_, in_);
  for (std::size_t i = 0; i < names.size(); ++i)
    *places[i] = register_buffer(names[i].name, buffers[i].to(device));
}

void QuantisedImpl::fill_nf4(const at::Tensor& dense) {
  auto absmax = at::empty(absmax_.sizes(), at::kFloat);
  require_finite(fill_codes(dense.flatten(), codes_, absmax));
  absmax_offset_.copy_(absmax.mean());
  const auto [codes, scale] = dynamic_codes(absmax - absmax_offset_);
  absmax_.copy_(codes);
  absmax_scale_.copy_(scale);
}

void QuantisedImpl::fill_int8(const at::Tensor& dense) {
  in_parts(out_, std::max<std::int64_t>(1, kValuesAtOnce / in_),
           [&](std::int64_t begin, std::int64_t end) {
             const auto part = dense.slice(0, begin, end).to(at::kCPU, at::kHalf).to(at::kFloat);
             const auto absmax = part.abs().amax(1);
             require_finite(absmax.isfinite().all().item<bool>());
             const auto factor = absmax.reciprocal().mul(127).masked_fill(absmax.eq(0), 0);
             codes_.slice(0, begin, end).copy_(part.mul(factor.unsqueeze(1)).round());
             absmax_.slice(0, begin, end).copy_(absmax);
           });
}

/// nf4: the largest magnitude of each block, as its codes have it, [blocks] in fp32.
at::Tensor QuantisedImpl::block_absmax() const {
  const auto blocks = absmax_.numel(), groups = absmax_scale_.numel();
  const auto values = dynamic_map(absmax_.device()).index_select(0, absmax_.to(at::kInt));
  const auto scaled = at::constant_pad_nd(values, {0, groups * kAbsmaxBlock - blocks})
                          .view({groups, kAbsmaxBlock}) *
                      absmax_scale_.unsqueeze(1);
  return scaled.flatten().slice(0, 0, blocks) + absmax_offset_;
}

at::Tensor QuantisedImpl::dense_by_operations(at::ScalarType dtype) const {
  const at::NoGradGuard guard;
  auto result = at::empty({out_, in_}, codes_.options().dtype(dtype));
  if (kind_ == Quantisation::int8) {
    in_parts(out_, std::max<std::int64_t>(1, kValuesAtOnce / in_),
             [&](std::int64_t begin, std::int64_t end) {
               result.slice(0, begin, end)
                   .copy_(codes_.slice(0, begin, end)
                              .to(at::kFloat)
                              .mul_(absmax_.slice(0, begin, end).unsqueeze(1))
                              .mul_(kInt8Step));
             });
    return result;
  }
  const auto absmax = block_absmax(), pairs = nf4_pairs(codes_.device());
  const auto flat = result.view({-1});
  in_parts(flat.numel(), kValuesAtOnce, [&](std::int64_t begin, std::int64_t end) {
    const auto count = end - begin, blocks = ceil_div(count, kNf4Block);
    auto values =
        pairs.index_select(0, codes_.slice(0, begin / 2, ceil_div(end, 2)).to(at::kInt)).view({-1});
    values = at::constant_pad_nd(values, {0, blocks * kNf4Block - values.numel()})
                 .view({blocks, kNf4Block});
    values.mul_(absmax.slice(0, begin / kNf4Block, begin / kNf4Block + blocks).unsqueeze(1));
    flat.slice(0, begin, end).copy_(values.view({-1}).slice(0, 0, count));
  });
  return result;
}

at::Tensor QuantisedImpl::dense(at::ScalarType dtype) const {
  if (!codes_.is_cpu()) return dense_by_operations(dtype);
  auto result = at::empty({out_, in_}, at::TensorOptions(dtype));
  AT_DISPATCH_FLOATING_TYPES_AND2(at::kBFloat16, at::kHalf, dtype, "dense", [&] {
    auto* values = result.mutable_data_ptr<scalar_t>();
    if (kind_ == Quantisation::int8)
      int8_values(codes_.const_data_ptr<std::int8_t>(), absmax_.const_data_ptr<float>(), out_, in_,
                  values);
    else
      nf4_values(codes_.const_data_ptr<std::uint8_t>(), block_absmax().const_data_ptr<float>(),
                 result.numel(), values);
  });
  return result;
}

}  // namespace ecg_lora::nn
