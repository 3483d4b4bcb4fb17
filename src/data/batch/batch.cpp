#include "ecg_lora/data/batch/batch.h"

namespace ecg_lora::data {

namespace {

class Share : public BatchSource {
 public:
  Share(std::unique_ptr<BatchSource> source, int rank, int ranks)
      : source_(std::move(source)), rank_(rank), ranks_(ranks) {}
  std::int64_t size() const override { return source_->size(); }
  Batch get(std::int64_t epoch, std::int64_t index) override {
    const auto number = (epoch * size() + index) * ranks_ + rank_;
    return source_->get(number / size(), number % size());
  }

 private:
  std::unique_ptr<BatchSource> source_;
  const int rank_, ranks_;
};

class Pinned : public BatchSource {
 public:
  explicit Pinned(std::unique_ptr<BatchSource> source) : source_(std::move(source)) {}
  std::int64_t size() const override { return source_->size(); }
  Batch get(std::int64_t epoch, std::int64_t index) override {
    auto batch = source_->get(epoch, index);
    if (batch.pixels.defined()) batch.pixels = batch.pixels.pin_memory();
    return batch;
  }

 private:
  std::unique_ptr<BatchSource> source_;
};

}  // namespace

std::unique_ptr<BatchSource> share_of(std::unique_ptr<BatchSource> source, int rank, int ranks) {
  if (ranks == 1) return source;
  return std::make_unique<Share>(std::move(source), rank, ranks);
}

std::unique_ptr<BatchSource> pinned(std::unique_ptr<BatchSource> source) {
  return std::make_unique<Pinned>(std::move(source));
}

std::int64_t share_size(std::int64_t size, std::int64_t rank, std::int64_t ranks) {
  return (size - rank + ranks - 1) / ranks;
}

}  // namespace ecg_lora::data
