// Rows of tokens as a tree: rows that begin alike share the nodes of their beginning.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace ecg_lora::decoding {

/// One token of a row, and the tiles it sees as the bytes of its row of Batch::cross_mask (empty
/// without images).
struct Step {
  std::int64_t token = 0;
  std::string tiles;
};

class PrefixTree {
 public:
  struct Node {
    std::int64_t token = 0, parent = -1, depth = 0;
    std::string tiles;
  };
  /// The node reached from `parent` (-1 for the root) by `step`; made where there is none yet.
  std::int64_t child(std::int64_t parent, const Step& step);
  /// The node that `steps` lead to.
  std::int64_t path(std::int64_t parent, const std::vector<Step>& steps);
  /// Nodes in an order in which parents come before children.
  const std::vector<Node>& nodes() const { return nodes_; }

 private:
  std::vector<Node> nodes_;
  std::map<std::tuple<std::int64_t, std::int64_t, std::string>, std::int64_t> children_;
};

}  // namespace ecg_lora::decoding
