#include "tile_pattern.h"

namespace ecg_lora::model {
namespace {

at::Tensor on_device(const std::vector<std::int64_t>& values, at::Device device) {
  return at::tensor(values, at::TensorOptions().dtype(at::kLong)).to(device, /*non_blocking=*/true);
}

}  // namespace

std::map<std::vector<bool>, std::vector<std::int64_t>> tile_patterns(
    const at::Tensor& aspect_ratio_mask) {
  const auto mask = aspect_ratio_mask.to(at::kCPU, at::kLong).contiguous();
  std::map<std::vector<bool>, std::vector<std::int64_t>> groups;
  for (std::int64_t i = 0; i < mask.size(0); ++i) {
    const auto* row = mask.const_data_ptr<std::int64_t>() + i * mask.size(1);
    groups[std::vector<bool>(row, row + mask.size(1))].push_back(i);
  }
  return groups;
}

TokenOrder token_order(const std::vector<bool>& tile_used, std::int64_t patches,
                       std::int64_t padded, at::Device device) {
  const auto tiles = static_cast<std::int64_t>(tile_used.size());
  std::vector<std::int64_t> order, padding, of_tile,
      place(static_cast<std::size_t>(tiles * padded)), own;
  for (std::int64_t t = 0; t < tiles; ++t)
    for (std::int64_t p = 0; p < padded; ++p)
      (tile_used[static_cast<std::size_t>(t)] && p < patches ? order : padding)
          .push_back(t * padded + p);
  TokenOrder result;
  result.real = static_cast<std::int64_t>(order.size());
  order.insert(order.end(), padding.begin(), padding.end());
  for (std::size_t i = 0; i < order.size(); ++i) {
    of_tile.push_back(order[i] / padded);
    place[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
  }
  for (std::int64_t t = 0; t < tiles; ++t)
    for (std::int64_t p = 0; p < patches; ++p)
      own.push_back(place[static_cast<std::size_t>(t * padded + p)]);
  result.order = on_device(order, device);
  result.tiles = on_device(of_tile, device);
  result.patches = on_device(own, device);
  return result;
}

}  // namespace ecg_lora::model
