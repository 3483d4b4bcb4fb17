#include "ecg_lora/tensorio/finite.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>

#include "ecg_lora/base/error.h"

namespace ecg_lora::tensorio {
namespace {

/// By the bits, at the speed of memory: an exponent of ones is NaN or infinity.
template <class Bits>
bool exponents_below(const at::Tensor& tensor, Bits exponent) {
  const auto* bits = static_cast<const Bits*>(tensor.const_data_ptr());
  constexpr std::int64_t part = 1 << 16;
  std::atomic<bool> finite = true;
  at::parallel_for(0, tensor.numel(), part, [&](std::int64_t first, std::int64_t last) {
    for (auto begin = first; begin < last && finite; begin += part) {
      const auto end = std::min(begin + part, last);
      bool found = false;
      for (auto i = begin; i < end; ++i) found |= (bits[i] & exponent) == exponent;
      if (found) finite = false;
    }
  });
  return finite;
}

}  // namespace

bool all_finite(const at::Tensor& tensor) {
  if (!c10::isFloatingType(tensor.scalar_type()) || tensor.numel() == 0) return true;
  if (!tensor.is_cpu()) return at::isfinite(tensor).all().item<bool>();
  const auto whole = tensor.contiguous();
  switch (whole.scalar_type()) {
    case at::kBFloat16:
      return exponents_below<std::uint16_t>(whole, 0x7f80);
    case at::kHalf:
      return exponents_below<std::uint16_t>(whole, 0x7c00);
    case at::kFloat:
      return exponents_below<std::uint32_t>(whole, 0x7f800000);
    case at::kDouble:
      return exponents_below<std::uint64_t>(whole, 0x7ff0000000000000);
    default:
      return exponents_below<std::uint32_t>(whole.to(at::kFloat), 0x7f800000);
  }
}

void require_floating(const at::Tensor& tensor, const std::string& name,
                      const std::filesystem::path& origin) {
  if (!c10::isFloatingType(tensor.scalar_type()))
    throw_checkpoint(origin.string(), " holds ", name, " as ", c10::toString(tensor.scalar_type()),
                     ", expected floating-point weights; convert it and save the file again");
}

void require_weights(const at::Tensor& tensor, const std::string& name,
                     const std::filesystem::path& origin) {
  require_floating(tensor, name, origin);
  if (!all_finite(tensor))
    throw_checkpoint(origin.string(), " holds ", name,
                     " with a value that is not finite, expected numbers; ",
                     "use a copy that is whole, or one saved before training diverged");
}

}  // namespace ecg_lora::tensorio
