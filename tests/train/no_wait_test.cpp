// The forward and backward pass on libtorch's device `meta`, which has shapes and no values, and
// throws where the host reads one: what runs there never waits for a device, and takes the way that
// CUDA takes. Copies to the device that would wait for it are noted as well.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>

#include "ecg_lora/lora/lora.h"
#include "ecg_lora/train/loop/loss.h"
#include "model/shapes.h"

namespace ecg_lora::train {
namespace {

/// Shapes of what libtorch registers for `meta` in Python only.
at::Tensor index_select(const at::Tensor& x, std::int64_t dim, const at::Tensor& index) {
  auto shape = x.sizes().vec();
  shape[static_cast<std::size_t>(at::maybe_wrap_dim(dim, x.dim()))] = index.numel();
  return at::empty(shape, x.options());
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> layer_norm(const at::Tensor& x, at::IntArrayRef,
                                                          const std::optional<at::Tensor>&,
                                                          const std::optional<at::Tensor>&,
                                                          double) {
  const auto statistics = at::empty({x.numel() / x.size(-1), 1}, x.options());
  return {at::empty_like(x), statistics, statistics};
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> layer_norm_backward(
    const at::Tensor& grad, const at::Tensor&, at::IntArrayRef, const at::Tensor&,
    const at::Tensor&, const std::optional<at::Tensor>&, const std::optional<at::Tensor>&,
    std::array<bool, 3>) {
  return {at::empty_like(grad), at::Tensor(), at::Tensor()};
}

/// Of pointwise operations whose last argument is the result: as large as the others together.
void pointwise_out(const c10::OperatorHandle& operation, torch::jit::Stack* stack) {
  const auto arguments = torch::jit::pop(*stack, operation.schema().arguments().size());
  auto result = arguments.back().toTensor();
  std::vector<std::int64_t> shape;
  for (std::size_t i = 0; i + 1 < arguments.size(); ++i)
    if (arguments[i].isTensor()) shape = at::infer_size(shape, arguments[i].toTensor().sizes());
  stack->emplace_back(result.resize_(shape));
}

at::Tensor where(const at::Tensor& condition, const at::Tensor& a, const at::Tensor& b) {
  return at::empty(at::infer_size(at::infer_size(condition.sizes(), a.sizes()), b.sizes()),
                   a.options());
}

/// Copies from host memory that were not asked to go on in the background: on CUDA they wait for
/// all that the device was asked before.
int waiting_copies = 0;

at::Tensor& counted_copy(at::Tensor& self, const at::Tensor& source, bool non_blocking) {
  waiting_copies += source.is_cpu() && !non_blocking;
  return self;
}

TORCH_LIBRARY_IMPL(aten, Meta, library) {
  library.impl("copy_", counted_copy);
  library.impl("index_select", index_select);
  library.impl("native_layer_norm", layer_norm);
  library.impl("native_layer_norm_backward", layer_norm_backward);
  library.impl("where.self", where);
  for (const char* name : {"where.self_out", "abs.out", "logical_and.out", "logical_or.out"})
    library.impl(name, torch::CppFunction::makeFromBoxedFunction<pointwise_out>());
}

/// `rows` of `tokens` tokens, of which row r leaves the last 2 r to padding on the right, or the
/// first where it is on the `left`. Each looks at one image of `images`; -1 none.
struct Shape {
  const char* name;
  std::vector<std::int64_t> images;
  bool padded = false, left = false, all_tiles = true, few_tiles = false;
};

data::Batch make_batch(const Shape& shape, const model::ModelConfig& config, std::int64_t tokens) {
  const auto rows = static_cast<std::int64_t>(shape.images.size()), tiles = config.vision.max_tiles;
  const auto images = *std::max_element(shape.images.begin(), shape.images.end()) + 1;
  data::Batch batch;
  batch.tokens = at::ones({rows, tokens}, at::kLong);
  batch.attention_mask = at::ones_like(batch.tokens);
  batch.labels = at::full_like(batch.tokens, -100);
  for (std::int64_t r = 0; r < rows; ++r) {
    const auto padding = shape.padded ? 2 * r : 0;
    const auto begin = shape.left ? 0 : tokens - padding;
    batch.attention_mask[r].slice(0, begin, begin + padding).fill_(0);
    const auto end = shape.left ? tokens : tokens - padding;
    batch.labels[r].slice(0, end - 2, end).fill_(1);
  }
  batch.row_images = at::tensor(shape.images, at::kLong).view({rows, 1});
  batch.cross_mask = at::zeros({rows, tokens, 1, tiles}, at::kBool);
  for (std::int64_t r = 0; r < rows; ++r)
    if (shape.images[static_cast<std::size_t>(r)] >= 0)
      batch.cross_mask[r]
          .slice(0, shape.all_tiles ? 0 : 3)
          .slice(2, 0, shape.few_tiles ? 1 : tiles)
          .fill_(true);
  if (images == 0) return batch;
  batch.pixels = at::zeros(
      {images, tiles, config.vision.channels, config.vision.image_size, config.vision.image_size});
  batch.aspect_ratio_id = at::ones({images}, at::kLong);
  batch.aspect_ratio_mask = at::ones({images, tiles}, at::kLong);
  if (shape.few_tiles) batch.aspect_ratio_mask[0].slice(0, 1).fill_(0);
  return batch;
}

/// With adapters on every linear; no parameter has a value.
model::Mllama on_meta(const model::ModelConfig& config, at::ScalarType dtype) {
  model::Mllama model(config, at::TensorOptions().dtype(dtype).device(at::kMeta));
  lora::LoraSpec spec;
  spec.rank = 4;
  spec.dropout = 0.1;
  lora::inject(model, spec, 1);
  return model;
}

/// Gradients of all adapters, none of them read.
void expect_gradients(model::Mllama& model, const data::Batch& batch) {
  waiting_copies = 0;
  const auto loss = batch_loss(model, batch);
  EXPECT_TRUE(loss.sum.is_meta());
  (loss.sum / static_cast<double>(loss.tokens)).backward();
  EXPECT_EQ(waiting_copies, 0);
  if (!batch.pixels.defined()) return;  // layers that look at images are left out
  for (const auto& [name, tensor] : lora::trainable_parameters(model))
    EXPECT_TRUE(tensor.grad().defined()) << name;
}

class NoWaitFor : public ::testing::TestWithParam<Shape> {};

TEST_P(NoWaitFor, AnyValueOfTheDevice) {
  const auto config = model::testing::small_shape();
  const auto batch = make_batch(GetParam(), config, 16);
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    auto model = on_meta(config, dtype);
    expect_gradients(model, batch);
  }
}

TEST(NoWait, WouldSeeACopyThatWaits) {
  waiting_copies = 0;
  (void)at::zeros({1}).to(at::kMeta, /*non_blocking=*/true);
  EXPECT_EQ(waiting_copies, 0);
  (void)at::zeros({1}).to(at::kMeta);
  EXPECT_EQ(waiting_copies, 1);
}

INSTANTIATE_TEST_SUITE_P(
    Batches, NoWaitFor,
    ::testing::Values(Shape{"one_question", {0, 1}}, Shape{"four_questions", {0, 0, 0, 0}},
                      Shape{"padding", {0, 1, 2}, true},
                      Shape{"padding_on_the_left", {0, 1}, true, true},
                      Shape{"tokens_before_the_image", {0, 0}, false, false, false},
                      Shape{"pages_of_few_tiles", {0, 1}, true, false, true, true},
                      Shape{"rows_without_images", {0, -1, 1}}, Shape{"text_only", {-1, -1}, true}),
    [](const auto& shape) { return shape.param.name; });

TEST(ElevenBillion, GoesThroughAStepByItsShapes) {
  const auto config = model::testing::eleven_billion();
  auto model = on_meta(config, at::kBFloat16);
  const auto batch = make_batch({"four_questions", {0, 0, 0, 0, 1, 1, 1, 1}, true}, config, 128);
  expect_gradients(model, batch);
}

}  // namespace
}  // namespace ecg_lora::train
