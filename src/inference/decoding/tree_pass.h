// One pass of the model over trees of tokens.
#pragma once

#include "ecg_lora/data/batch/batch.h"
#include "ecg_lora/model/mllama/mllama.h"
#include "prefix_tree.h"

namespace ecg_lora::decoding {

/// A tree, and the images (-1 none) that its tokens look at, in the order of Step::tiles.
struct ImageTree {
  PrefixTree tree;
  std::vector<std::int64_t> images;
};

/// Final hidden states [R, S, D] of R trees, each on a row of its own, S nodes in the largest of
/// them. `tiles` is the number of tiles of an image.
at::Tensor tree_states(model::Mllama& model, const std::vector<const ImageTree*>& trees,
                       const at::Tensor& image_states, std::int64_t tiles);

}  // namespace ecg_lora::decoding
