#include "ecg_lora/data/batch.h"

namespace ecg_lora::data {

namespace {

class Share : public BatchSource {
 public:
  Share(std::unique_ptr<BatchSource> source, int rank, int ranks) : source_(std::move(source)), rank_(rank), ranks_(ranks) {}
  std::int64_t size() const override { return source_->size(); }
  Batch get(std::int64_t epoch, std::int64_t index) override {
    const auto number = (epoch * size() + index) * ranks_ + rank_;
    return source_->get(number / size(), number % size());
  }

 private:
  std::unique_ptr<BatchSource> source_;
  const int rank_, ranks_;
};

}  // namespace

std::unique_ptr<BatchSource> share_of(std::unique_ptr<BatchSource> source, int rank, int ranks) {
  if (ranks == 1) return source;
  return std::make_unique<Share>(std::move(source), rank, ranks);
}

std::int64_t share_size(std::int64_t size, std::int64_t rank, std::int64_t ranks) { return (size - rank + ranks - 1) / ranks; }

Batch Batch::to(at::Device device, at::ScalarType pixel_dtype) const {
  const auto move = [&](const at::Tensor& x) { return x.defined() ? x.to(device, /*non_blocking=*/true) : x; };
  Batch result = *this;
  if (pixels.defined()) result.pixels = pixels.to(device, pixel_dtype, /*non_blocking=*/true);
  result.aspect_ratio_id = move(aspect_ratio_id);
  result.aspect_ratio_mask = move(aspect_ratio_mask);
  result.tokens = move(tokens);
  result.attention_mask = move(attention_mask);
  result.row_images = move(row_images);
  result.cross_mask = move(cross_mask);
  result.labels = move(labels);
  return result;
}

}  // namespace ecg_lora::data
