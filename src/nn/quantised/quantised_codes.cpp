#include "quantised_codes.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <mutex>
#include <vector>

#include "ecg_lora/nn/kernels/quantise_kernels.h"

namespace ecg_lora::nn {
namespace {

/// Halfway between neighbours: a value belongs to the code whose lower bound is the last one below
/// it.
std::array<float, 15> nf4_bounds() {
  std::array<float, 15> bounds{};
  for (std::size_t i = 0; i < bounds.size(); ++i) bounds[i] = (kNf4Map[i] + kNf4Map[i + 1]) / 2;
  return bounds;
}

constexpr std::uint32_t kInfinityBits = 0x7f800000;

/// A block that is not whole is divided by its absmax, and a whole one multiplied by the
/// reciprocal, as bitsandbytes does. Returns the bits of the largest magnitude.
std::uint32_t short_block(const float* values, std::int64_t count,
                          const std::array<float, 15>& bounds, std::uint8_t* codes, float* absmax) {
  std::uint32_t most = 0;
  for (std::int64_t i = 0; i < count; ++i)
    most = std::max(most, std::bit_cast<std::uint32_t>(values[i]) & 0x7fffffffU);
  *absmax = std::max(std::bit_cast<float>(most), kernels::kMinAbsmax);
  const auto code = [&](std::int64_t i) {
    const float scaled = i < count ? values[i] / *absmax : 0;
    return std::count_if(bounds.begin(), bounds.end(), [&](float bound) { return scaled > bound; });
  };
  for (std::int64_t i = 0; i < count; i += 2)
    codes[i / 2] = static_cast<std::uint8_t>(code(i) << 4 | code(i + 1));
  return most;
}

float as_float(float value) {
  return value;
}
float as_float(kernels::BFloat16 value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16);
}

template <class T>
bool codes_of(const T* values, std::int64_t count, std::uint8_t* codes, float* absmax) {
  const auto bounds = nf4_bounds();
  const auto whole = count / kNf4Block, rest = count % kNf4Block;
  std::atomic<bool> finite = true;
  at::parallel_for(0, whole, 256, [&](std::int64_t begin, std::int64_t end) {
    const auto most = kernels::nf4_blocks(values + begin * kNf4Block, end - begin, bounds,
                                          codes + begin * kNf4Block / 2, absmax + begin);
    if (most >= kInfinityBits) finite = false;
  });
  if (rest > 0) {
    float last[kNf4Block];
    std::transform(values + whole * kNf4Block, values + count, last,
                   [](T value) { return as_float(value); });
    auto* place = codes + whole * kNf4Block / 2;
    if (short_block(last, rest, bounds, place, absmax + whole) >= kInfinityBits) finite = false;
  }
  return finite;
}

/// A tensor that is wanted on every device; copies are made once, and kept to the end of the
/// process.
class DeviceTable {
 public:
  explicit DeviceTable(at::Tensor table) : copies_{std::move(table)} {}
  at::Tensor on(at::Device device) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& copy : copies_)
      if (copy.device() == device) return copy;
    return copies_.emplace_back(copies_.front().to(device));
  }

 private:
  std::mutex mutex_;
  std::vector<at::Tensor> copies_;
};

at::Tensor make_nf4_pairs() {
  const auto map = at::tensor(at::ArrayRef<float>(kNf4Map));
  return at::stack({map.repeat_interleave(16), map.repeat({16})}, 1);
}

at::Tensor make_dynamic_map() {
  constexpr int exponents = 7;
  std::vector<at::Tensor> parts{at::zeros({1}), at::ones({1})};
  for (int i = 0; i < exponents; ++i) {
    const auto bounds = at::linspace(0.1, 1, (std::int64_t{1} << i) + 1, at::kFloat);
    const auto means =
        (bounds.slice(0, 0, -1) + bounds.slice(0, 1)) / 2.0 * std::pow(10.0, i + 1 - exponents);
    parts.insert(parts.end(), {means, -means});
  }
  return std::get<0>(at::cat(parts).sort());
}

}  // namespace

// The tables are not destroyed: a device's runtime may be gone before static objects are.
at::Tensor nf4_pairs(at::Device device) {
  static auto* table = new DeviceTable(make_nf4_pairs());
  return table->on(device);
}

at::Tensor dynamic_map(at::Device device) {
  static auto* table = new DeviceTable(make_dynamic_map());
  return table->on(device);
}

bool nf4_codes(const float* values, std::int64_t count, std::uint8_t* codes, float* absmax) {
  return codes_of(values, count, codes, absmax);
}

bool nf4_codes(const c10::BFloat16* values, std::int64_t count, std::uint8_t* codes,
               float* absmax) {
  static_assert(sizeof(kernels::BFloat16) == sizeof(c10::BFloat16));
  return codes_of(reinterpret_cast<const kernels::BFloat16*>(values), count, codes, absmax);
}

std::pair<at::Tensor, at::Tensor> dynamic_codes(const at::Tensor& values) {
  const auto map = dynamic_map(values.device());
  const auto bounds = (map.slice(0, 0, -1) + map.slice(0, 1)) / 2;
  const auto whole = values.numel() / kAbsmaxBlock * kAbsmaxBlock;
  const auto blocks = values.slice(0, 0, whole).view({-1, kAbsmaxBlock});
  std::vector<at::Tensor> scaled, scales;
  if (whole > 0) {
    scales.push_back(blocks.abs().amax(1));
    scaled.push_back(
        (blocks * scales.back().clamp_min(kernels::kMinAbsmax).reciprocal().unsqueeze(1))
            .flatten());
  }
  if (const auto rest = values.slice(0, whole); rest.numel() > 0) {
    scales.push_back(rest.abs().amax().view({1}));
    scaled.push_back(rest / scales.back().clamp_min(kernels::kMinAbsmax));
  }
  return {at::bucketize(at::cat(scaled).clamp(-1, 1), bounds, /*out_int32=*/true).to(at::kByte),
          at::cat(scales)};
}

}  // namespace ecg_lora::nn
