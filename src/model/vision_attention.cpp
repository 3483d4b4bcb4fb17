// Attention of the vision tower without a dense mask.
#include <map>

#include "ecg_lora/nn/attention.h"
#include "tile_pattern.h"
#include "vision.h"

namespace ecg_lora::model {
namespace {

at::Tensor positions(const std::vector<std::int64_t>& values, at::Device device) {
  return at::tensor(values, at::TensorOptions().dtype(at::kLong)).to(device);
}

TilePattern make_pattern(const std::vector<bool>& tile_used, std::int64_t patches, std::int64_t padded,
                         at::Device device) {
  std::vector<std::int64_t> real, padding;
  for (std::size_t t = 0; t < tile_used.size(); ++t)
    for (std::int64_t p = 0; p < padded; ++p)
      (tile_used[t] && p < patches ? real : padding).push_back(static_cast<std::int64_t>(t) * padded + p);
  std::vector<std::int64_t> order(real.size() + padding.size());
  for (std::size_t i = 0; i < real.size(); ++i) order[static_cast<std::size_t>(real[i])] = static_cast<std::int64_t>(i);
  for (std::size_t i = 0; i < padding.size(); ++i)
    order[static_cast<std::size_t>(padding[i])] = static_cast<std::int64_t>(real.size() + i);
  return {{}, positions(real, device), positions(padding, device), positions(order, device)};
}

/// q, k, v [n, H, T*P', d]: real queries see all keys, padding queries see the real ones.
at::Tensor attend_pattern(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const TilePattern& pattern) {
  const auto pick = [](const at::Tensor& x, const at::Tensor& where) { return x.index_select(2, where); };
  // The reference adds the lowest number to every score of a wholly unused image, which leaves plain averages.
  if (pattern.real.numel() == 0) return v.mean(2, /*keepdim=*/true).expand_as(q);
  const auto real = nn::attend(pick(q, pattern.real), k, v);
  const auto padding = nn::attend(pick(q, pattern.padding), pick(k, pattern.real), pick(v, pattern.real));
  return pick(at::cat({real, padding}, 2), pattern.order);
}

}  // namespace

std::vector<TilePattern> tile_patterns(const at::Tensor& aspect_ratio_mask, std::int64_t patches,
                                       std::int64_t padded) {
  const auto mask = aspect_ratio_mask.to(at::kCPU, at::kLong).contiguous();
  const auto device = aspect_ratio_mask.device();
  std::map<std::vector<bool>, std::vector<std::int64_t>> groups;
  for (std::int64_t i = 0; i < mask.size(0); ++i) {
    const auto* row = mask.const_data_ptr<std::int64_t>() + i * mask.size(1);
    groups[std::vector<bool>(row, row + mask.size(1))].push_back(i);
  }
  std::vector<TilePattern> result;
  for (const auto& [used, images] : groups) {
    result.push_back(make_pattern(used, patches, padded, device));
    if (groups.size() > 1) result.back().images = positions(images, device);
  }
  return result;
}

VisionAttentionImpl::VisionAttentionImpl(std::int64_t width, std::int64_t heads, const at::TensorOptions& options)
    : heads_(heads) {
  q_proj_ = register_module("q_proj", nn::Linear(width, width, false, options));
  k_proj_ = register_module("k_proj", nn::Linear(width, width, false, options));
  v_proj_ = register_module("v_proj", nn::Linear(width, width, false, options));
  o_proj_ = register_module("o_proj", nn::Linear(width, width, false, options));
}

at::Tensor VisionAttentionImpl::forward(const at::Tensor& x, const std::vector<TilePattern>& patterns) {
  const auto q = nn::split_heads(q_proj_(x), heads_), k = nn::split_heads(k_proj_(x), heads_),
             v = nn::split_heads(v_proj_(x), heads_);
  if (patterns.size() == 1) return o_proj_(nn::join_heads(attend_pattern(q, k, v, patterns.front())));
  std::vector<at::Tensor> parts, images;
  for (const auto& pattern : patterns) {
    const auto of = [&](const at::Tensor& y) { return y.index_select(0, pattern.images); };
    parts.push_back(attend_pattern(of(q), of(k), of(v), pattern));
    images.push_back(pattern.images);
  }
  return o_proj_(nn::join_heads(at::cat(parts).index_select(0, at::cat(images).argsort())));
}

}  // namespace ecg_lora::model
