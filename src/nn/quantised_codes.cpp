#include "quantised_codes.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <vector>

namespace ecg_lora::nn {
namespace {

constexpr float least_absmax = 1e-38f;  ///< what a block of zeros is divided by

/// Halfway between neighbours: a value belongs to the code whose lower bound is the last one below it.
std::array<float, 15> nf4_bounds() {
  std::array<float, 15> bounds{};
  for (std::size_t i = 0; i < bounds.size(); ++i) bounds[i] = (nf4_map[i] + nf4_map[i + 1]) / 2;
  return bounds;
}

/// Values of a block in -1 … 1 to codes: the number of bounds below each. The loops have fixed lengths and no branch, so that compilers vectorise them.
void to_codes(const float* scaled, const std::array<float, 15>& bounds, std::uint8_t* codes) {
  std::int32_t below[nf4_block] = {};
  for (const float bound : bounds)
    for (std::int64_t i = 0; i < nf4_block; ++i) below[i] += scaled[i] > bound;
  for (std::int64_t i = 0; i < nf4_block; ++i) codes[i] = static_cast<std::uint8_t>(below[i]);
}

float largest_magnitude(const float* values) {
  constexpr std::int64_t lanes = 16;
  float most[lanes] = {};
  for (std::int64_t i = 0; i < nf4_block; i += lanes)
    for (std::int64_t lane = 0; lane < lanes; ++lane) most[lane] = most[lane] > std::abs(values[i + lane]) ? most[lane] : std::abs(values[i + lane]);
  return *std::max_element(most, most + lanes);
}

/// One block; a short one is divided where a whole one is multiplied by the reciprocal, as bitsandbytes does. Returns absmax.
float block_codes(const float* values, std::int64_t count, const std::array<float, 15>& bounds, std::uint8_t* codes) {
  float scaled[nf4_block] = {};
  std::copy(values, values + count, scaled);
  const float most = largest_magnitude(scaled), divisor = std::max(most, least_absmax), factor = 1.0f / divisor;
  const bool whole = count == nf4_block;
  for (std::int64_t i = 0; i < nf4_block; ++i) scaled[i] = whole ? scaled[i] * factor : scaled[i] / divisor;
  for (float& value : scaled) value = std::clamp(value, -1.0f, 1.0f);
  to_codes(scaled, bounds, codes);
  return whole ? most : divisor;
}

/// A tensor that is wanted on every device; copies are made once, and kept to the end of the process.
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
  const auto map = at::tensor(at::ArrayRef<float>(nf4_map));
  return at::stack({map.repeat_interleave(16), map.repeat({16})}, 1);
}

at::Tensor make_dynamic_map() {
  constexpr int exponents = 7;
  std::vector<at::Tensor> parts{at::zeros({1}), at::ones({1})};
  for (int i = 0; i < exponents; ++i) {
    const auto bounds = at::linspace(0.1, 1, (std::int64_t{1} << i) + 1, at::kFloat);
    const auto means = (bounds.slice(0, 0, -1) + bounds.slice(0, 1)) / 2.0 * std::pow(10.0, i + 1 - exponents);
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

void nf4_codes(const float* values, std::int64_t count, std::uint8_t* codes, float* absmax) {
  const auto bounds = nf4_bounds();
  at::parallel_for(0, (count + nf4_block - 1) / nf4_block, 256, [&](std::int64_t begin, std::int64_t end) {
    std::uint8_t single[nf4_block + 1];
    for (auto block = begin; block < end; ++block) {
      const auto first = block * nf4_block, length = std::min(nf4_block, count - first);
      absmax[block] = block_codes(values + first, length, bounds, single);
      for (std::int64_t i = 0; i < length; i += 2) codes[(first + i) / 2] = static_cast<std::uint8_t>(single[i] << 4 | single[i + 1]);
    }
  });
}

std::pair<at::Tensor, at::Tensor> dynamic_codes(const at::Tensor& values) {
  const auto map = dynamic_map(values.device());
  const auto bounds = (map.slice(0, 0, -1) + map.slice(0, 1)) / 2;
  const auto whole = values.numel() / absmax_block * absmax_block;
  const auto blocks = values.slice(0, 0, whole).view({-1, absmax_block});
  std::vector<at::Tensor> scaled, scales;
  if (whole > 0) {
    scales.push_back(blocks.abs().amax(1));
    scaled.push_back((blocks * scales.back().clamp_min(least_absmax).reciprocal().unsqueeze(1)).flatten());
  }
  if (const auto rest = values.slice(0, whole); rest.numel() > 0) {
    scales.push_back(rest.abs().amax().view({1}));
    scaled.push_back(rest / scales.back().clamp_min(least_absmax));
  }
  return {at::bucketize(at::cat(scaled).clamp(-1, 1), bounds, /*out_int32=*/true).to(at::kByte), at::cat(scales)};
}

}  // namespace ecg_lora::nn
