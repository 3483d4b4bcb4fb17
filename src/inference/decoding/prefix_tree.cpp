#include "prefix_tree.h"

namespace ecg_lora::decoding {

std::int64_t PrefixTree::child(std::int64_t parent, const Step& step) {
  const auto [place, fresh] = children_.try_emplace({parent, step.token, step.tiles},
                                                    static_cast<std::int64_t>(nodes_.size()));
  if (fresh)
    nodes_.push_back({step.token, parent,
                      parent < 0 ? 0 : nodes_[static_cast<std::size_t>(parent)].depth + 1,
                      step.tiles});
  return place->second;
}

std::int64_t PrefixTree::path(std::int64_t parent, const std::vector<Step>& steps) {
  for (const auto& step : steps) parent = child(parent, step);
  return parent;
}

}  // namespace ecg_lora::decoding
