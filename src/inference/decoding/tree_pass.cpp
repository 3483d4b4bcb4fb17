#include "tree_pass.h"

#include <algorithm>
#include <cstring>

#include "ecg_lora/model/mllama/token_tree.h"

namespace ecg_lora::decoding {
namespace {

/// Packs one tree into row `row`. Places beyond its nodes see themselves only.
void place(const PrefixTree& tree, std::int64_t row, data::Batch& batch, model::TokenTree& shape) {
  const auto size = batch.tokens.size(1);
  auto* tokens = batch.tokens[row].mutable_data_ptr<std::int64_t>();
  auto* positions = shape.positions[row].mutable_data_ptr<std::int64_t>();
  auto* ancestors = shape.ancestors[row].mutable_data_ptr<bool>();
  auto* tiles =
      batch.cross_mask.defined() ? batch.cross_mask[row].mutable_data_ptr<bool>() : nullptr;
  for (std::int64_t i = 0; i < size; ++i) ancestors[i * size + i] = true;
  for (std::size_t n = 0; n < tree.nodes().size(); ++n) {
    const auto& node = tree.nodes()[n];
    const auto i = static_cast<std::int64_t>(n);
    tokens[i] = node.token;
    positions[i] = node.depth;
    if (node.parent >= 0)
      for (std::int64_t k = 0; k < i; ++k)
        ancestors[i * size + k] = ancestors[node.parent * size + k];
    if (tiles)
      std::memcpy(tiles + i * static_cast<std::int64_t>(node.tiles.size()), node.tiles.data(),
                  node.tiles.size());
  }
}

/// The images of these trees alone, numbered in the order in which the trees name them, so that
/// trees on one image each are in the order of their images.
struct Images {
  at::Tensor states, rows;  ///< [I, N, D] and [R, M]
};

Images images_of(const std::vector<const ImageTree*>& trees, const at::Tensor& states) {
  std::vector<std::int64_t> used, rows;
  for (const auto* tree : trees)
    for (const auto image : tree->images) {
      const auto known = std::find(used.begin(), used.end(), image);
      rows.push_back(image < 0 ? -1 : known - used.begin());
      if (image >= 0 && known == used.end()) used.push_back(image);
    }
  if (used.empty()) return {};
  const auto shape = std::vector<std::int64_t>{static_cast<std::int64_t>(trees.size()), -1};
  return {states.index_select(0, at::tensor(used).to(states.device())),
          at::tensor(rows).view(shape)};
}

}  // namespace

at::Tensor tree_states(model::Mllama& model, const std::vector<const ImageTree*>& trees,
                       const at::Tensor& image_states, std::int64_t tiles) {
  std::size_t nodes = 0;
  for (const auto* tree : trees) nodes = std::max(nodes, tree->tree.nodes().size());
  const auto rows = static_cast<std::int64_t>(trees.size()),
             size = static_cast<std::int64_t>(nodes);
  const auto images = images_of(trees, image_states);
  data::Batch batch;
  batch.tokens = at::zeros({rows, size}, at::kLong);
  batch.attention_mask = at::ones_like(batch.tokens);
  if (images.rows.defined())
    batch.cross_mask = at::zeros({rows, size, images.rows.size(1), tiles}, at::kBool),
    batch.row_images = images.rows;
  model::TokenTree shape{at::zeros({rows, size}, at::kLong),
                         at::zeros({rows, size, size}, at::kBool)};
  for (std::int64_t row = 0; row < rows; ++row)
    place(trees[static_cast<std::size_t>(row)]->tree, row, batch, shape);
  return model->hidden(batch, images.states, shape);
}

}  // namespace ecg_lora::decoding
