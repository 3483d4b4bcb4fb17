// Batches from several sources of samples, each with a weight.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "ecg_lora/data/loader/batch_maker.h"

namespace ecg_lora::data {

/// Samples in bundles. The samples of a bundle are about the same pages, so that one vision pass
/// serves them all. A bundle is known by the number of its pages and its place among those with as
/// many.
class SampleSource {
 public:
  virtual ~SampleSource() = default;
  /// How many bundles there are of each number of pages: counts()[2] have two.
  virtual std::vector<std::int64_t> counts() const = 0;
  /// Samples of a bundle in the `pass`th time through the source: a pure function of its arguments;
  /// thread-safe.
  virtual std::vector<Conversation> get(std::int64_t pass, std::int64_t pages,
                                        std::int64_t index) const = 0;
};

/// A source and how often its samples come in an epoch: once (1), in every other epoch (0.5),
/// thrice (3).
struct WeightedSource {
  std::shared_ptr<const SampleSource> source;
  double weight = 1;
};

/// Epochs are cut from one endless sequence of passes through each source: an epoch takes the next
/// weight x size bundles of it, so that a sample is not seen again before all others of its source
/// were. A pass that is cut is shuffled first. The bundles of an epoch are shuffled together,
/// whatever their source, and laid into batches of `batch.images` pages (at least one bundle). All
/// rows of a batch have the same number of pages; batches of different numbers are shuffled among
/// each other. All of it is a pure function of (seed, epoch, place), whatever was asked for before
/// and however many threads ask. Not shuffled, as for evaluation: every bundle once, in the order
/// of the sources, whatever the weights.
class MixedSource : public BatchSource {
 public:
  /// Usage error for weights that are negative or all zero.
  MixedSource(std::vector<WeightedSource> sources, BatchMaker maker, bool shuffled,
              std::uint64_t seed);
  std::int64_t size() const override;
  Batch get(std::int64_t epoch, std::int64_t index) override;
  /// The samples of a batch.
  std::vector<Conversation> samples(std::int64_t epoch, std::int64_t index) const;
  StageTimes& times() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ecg_lora::data
