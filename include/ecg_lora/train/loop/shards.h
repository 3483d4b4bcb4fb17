// Frozen weights sharded over the ranks, for models that do not fit on one device.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ecg_lora/model/mllama/quantisation.h"
#include "ecg_lora/nn/quantised/packed_weight.h"
#include "ecg_lora/train/distributed/group.h"
#include "ecg_lora/train/loop/training_config.h"

namespace ecg_lora::train {

/// The linears of the layers, each weight cut into one piece per rank. A layer's weights are
/// gathered when the first of them is used, and those of the layer that comes next in the direction
/// of the pass meanwhile; a layer that the pass has left is dropped. So a rank holds its pieces and
/// two layers. All ranks must use the same layers in the same order.
class ShardedLayers : public std::enable_shared_from_this<ShardedLayers> {
 public:
  explicit ShardedLayers(std::shared_ptr<distributed::Group> group) : group_(std::move(group)) {}

  /// Cuts `dense` [out, in], the same on all ranks, and keeps this rank's piece, a contiguous
  /// ranks-th of its elements in row order, on its device.
  /// `layer` names the layer that it belongs to; layers are added in the order of the forward pass.
  std::shared_ptr<nn::PackedWeightImpl> add(const std::string& layer, const at::Tensor& dense);

  /// add(), for model::load_model().
  model::PackWeight packer();

  /// What add() gave out keeps this object alive.
  std::int64_t layers() const { return static_cast<std::int64_t>(layers_.size()); }
  /// Bytes of the pieces of this rank.
  std::int64_t bytes() const;
  /// Says in the log how much this rank keeps.
  void log_size() const;

  /// A whole weight, [out * in + padding] in its dtype. For what add() returned.
  at::Tensor whole(std::size_t layer, std::size_t index);

 private:
  struct Weight {
    at::Tensor piece, whole;
    std::unique_ptr<distributed::Group::Pending> pending;
  };
  using Layer = std::vector<Weight>;

  void start(Layer& layer);
  static void drop(Layer& layer);
  void move_to(std::size_t layer);

  std::shared_ptr<distributed::Group> group_;
  std::map<std::string, std::size_t> numbers_;
  std::vector<Layer> layers_;
  std::size_t current_ = 0;
};

/// For a run whose loop.shard_weights is on; null if it is off. Usage error if there are weights
/// that cannot be cut: trained ones, or quantised ones (`base_quantisation` as the config has it).
std::shared_ptr<ShardedLayers> sharded_layers(const LoopConfig& loop,
                                              const std::string& base_quantisation,
                                              const std::shared_ptr<distributed::Group>& group);

}  // namespace ecg_lora::train
