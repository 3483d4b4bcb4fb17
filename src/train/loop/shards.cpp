#include "ecg_lora/train/loop/shards.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/memory.h"

namespace ecg_lora::train {
namespace {

class Sharded : public nn::PackedWeightImpl {
 public:
  Sharded(std::shared_ptr<ShardedLayers> layers, std::size_t layer, std::size_t index,
          at::IntArrayRef shape)
      : layers_(std::move(layers)), layer_(layer), index_(index), shape_(shape.vec()) {}

  at::Tensor dense(at::ScalarType dtype) const override {
    return layers_->whole(layer_, index_)
        .slice(0, 0, c10::multiply_integers(shape_))
        .view(shape_)
        .to(dtype);
  }

 private:
  std::shared_ptr<ShardedLayers> layers_;
  std::size_t layer_, index_;
  std::vector<std::int64_t> shape_;
};

}  // namespace

std::shared_ptr<nn::PackedWeightImpl> ShardedLayers::add(const std::string& name,
                                                         const at::Tensor& dense) {
  const auto [entry, fresh] = numbers_.emplace(name, layers_.size());
  if (fresh) layers_.emplace_back();
  auto& layer = layers_[entry->second];
  const auto count = dense.numel(), size = (count + group_->ranks() - 1) / group_->ranks(),
             begin = std::min(count, size * group_->rank());
  Weight weight;
  weight.piece = at::zeros({size}, dense.options());
  const auto mine = dense.reshape({-1}).slice(0, begin, std::min(count, begin + size));
  weight.piece.slice(0, 0, mine.numel()).copy_(mine);
  layer.push_back(std::move(weight));
  return std::make_shared<Sharded>(shared_from_this(), entry->second, layer.size() - 1,
                                   dense.sizes());
}

std::int64_t ShardedLayers::bytes() const {
  std::int64_t sum = 0;
  for (const auto& layer : layers_)
    for (const auto& weight : layer) sum += static_cast<std::int64_t>(weight.piece.nbytes());
  return sum;
}

void ShardedLayers::start(Layer& layer) {
  for (auto& weight : layer) {
    if (weight.whole.defined()) continue;
    weight.whole = at::empty({weight.piece.numel() * group_->ranks()}, weight.piece.options());
    weight.pending = group_->gather(weight.whole, weight.piece);
  }
}

/// What is still under way holds its own memory until it is done.
void ShardedLayers::drop(Layer& layer) {
  for (auto& weight : layer) weight.pending.reset(), weight.whole = at::Tensor();
}

void ShardedLayers::move_to(std::size_t layer) {
  const bool back = layer < current_;
  current_ = layer;
  start(layers_[layer]);
  const auto next =
      back ? layer - 1 : layer + 1;  // below 0 wraps round to a number that is no layer
  for (std::size_t other = 0; other < layers_.size(); ++other)
    if (other != layer && other != next) drop(layers_[other]);
  if (next < layers_.size()) start(layers_[next]);
}

at::Tensor ShardedLayers::whole(std::size_t layer, std::size_t index) {
  const at::NoGradGuard guard;
  auto& weight = layers_[layer][index];
  if (layer != current_ || !weight.whole.defined()) move_to(layer);
  if (weight.pending) weight.pending->wait(), weight.pending.reset();
  return weight.whole;
}

model::PackWeight ShardedLayers::packer() {
  return [layers = shared_from_this()](const std::string& layer, const at::Tensor& dense) {
    return layers->add(layer, dense);
  };
}

void ShardedLayers::log_size() const {
  log_info(cat(format_bytes(bytes()), " of the weights of ", layers(),
               " layers are kept by this process"));
}

std::shared_ptr<ShardedLayers> sharded_layers(const LoopConfig& loop,
                                              const std::string& base_quantisation,
                                              const std::shared_ptr<distributed::Group>& group) {
  if (!loop.shard_weights) return nullptr;
  if (loop.trainable != "lora")
    throw_usage("loop.shard_weights shards frozen weights, but loop.trainable is ", loop.trainable,
                ", expected lora; leave one of the two");
  if (base_quantisation != "none")
    throw_usage("loop.shard_weights and compute.base_quantisation ", base_quantisation,
                " cannot be used together; choose one of them");
  return std::make_shared<ShardedLayers>(group);
}

}  // namespace ecg_lora::train
