#include "ecg_lora/data/loader/mixed_source.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <numeric>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/random.h"

namespace ecg_lora::data {
namespace {

// Keys that keep the uses of the seed apart; 2 is that of questions, in ecg_source.cpp.
constexpr std::uint64_t kOrderStream = 1, kBatchStream = 11, kPassStream = 12;

}  // namespace

struct MixedSource::State {
  /// A bundle to come.
  struct Visit {
    std::uint32_t source = 0, pass = 0, index = 0;
  };
  /// Which visits make batch i: a run of those with `pages` pages.
  struct Slice {
    std::uint32_t pages = 0, begin = 0, end = 0;
  };
  struct Plan {
    std::vector<std::vector<Visit>> visits;  ///< by number of pages
    std::vector<Slice> batches;
  };

  std::vector<WeightedSource> sources;
  std::vector<std::vector<std::int64_t>> counts;  ///< of each source, by number of pages
  BatchMaker maker;
  bool shuffled;
  std::uint64_t seed;
  std::size_t most_pages = 0;
  std::mutex mutex;
  std::map<std::int64_t, std::shared_ptr<const Plan>> plans;  ///< of the newest epochs asked for

  /// Bundles of `pages` pages that source `s` gives to an epoch.
  std::int64_t share(std::size_t s, std::size_t pages) const {
    const auto count = pages < counts[s].size() ? counts[s][pages] : 0;
    if (!shuffled) return count;
    const auto wanted = std::llround(sources[s].weight * static_cast<double>(count));
    return count > 0 && sources[s].weight > 0 ? std::max<std::int64_t>(1, wanted) : 0;
  }

  std::int64_t total(std::size_t pages) const {
    std::int64_t sum = 0;
    for (std::size_t s = 0; s < sources.size(); ++s) sum += share(s, pages);
    return sum;
  }

  /// Bundles of `pages` pages that fill a batch.
  std::int64_t per_batch(std::size_t pages) const {
    return std::max<std::int64_t>(
        1, maker.config().images / static_cast<std::int64_t>(std::max<std::size_t>(1, pages)));
  }

  std::int64_t size() const {
    std::int64_t batches = 0;
    for (std::size_t m = 0; m <= most_pages; ++m)
      batches += (total(m) + per_batch(m) - 1) / per_batch(m);
    return batches;
  }

  /// Adds what source `s` gives to `epoch`: the next of its endless passes.
  void add_visits(std::size_t s, std::size_t pages, std::int64_t epoch,
                  std::vector<Visit>& visits) const {
    const auto wanted = share(s, pages);
    if (wanted == 0) return;
    const auto count = counts[s][pages];
    std::vector<std::uint32_t> order(static_cast<std::size_t>(count));
    std::int64_t ordered_pass = -1;
    const auto first = shuffled ? epoch * wanted : 0;
    for (auto at = first; at < first + wanted; ++at) {
      const auto pass = at / count;
      if (pass != ordered_pass) {
        std::iota(order.begin(), order.end(), 0u);
        ordered_pass = pass;
        if (wanted % count != 0)
          Random{seed, kPassStream, s, pages, static_cast<std::uint64_t>(pass)}.shuffle(order);
      }
      visits.push_back({static_cast<std::uint32_t>(s), static_cast<std::uint32_t>(pass),
                        order[static_cast<std::size_t>(at % count)]});
    }
  }

  std::shared_ptr<const Plan> make_plan(std::int64_t epoch) const {
    auto plan = std::make_shared<Plan>();
    plan->visits.resize(most_pages + 1);
    for (std::size_t m = 0; m <= most_pages; ++m) {
      auto& visits = plan->visits[m];
      for (std::size_t s = 0; s < sources.size(); ++s) add_visits(s, m, epoch, visits);
      if (shuffled) Random{seed, kOrderStream, static_cast<std::uint64_t>(epoch)}.shuffle(visits);
      const auto step = static_cast<std::size_t>(per_batch(m));
      for (std::size_t begin = 0; begin < visits.size(); begin += step)
        plan->batches.push_back(
            {static_cast<std::uint32_t>(m), static_cast<std::uint32_t>(begin),
             static_cast<std::uint32_t>(std::min(visits.size(), begin + step))});
    }
    // A single kind of batch has its order from its visits, as runs from before there were several
    // had it.
    if (shuffled && plan->batches.front().pages != plan->batches.back().pages)
      Random{seed, kBatchStream, static_cast<std::uint64_t>(epoch)}.shuffle(plan->batches);
    return plan;
  }

  /// The plan of `epoch`, kept while it or the one after it is in use.
  std::shared_ptr<const Plan> plan(std::int64_t epoch) {
    const std::lock_guard<std::mutex> lock(mutex);
    auto& kept = plans[epoch];
    if (!kept) kept = make_plan(epoch);
    const auto wanted = kept;
    while (plans.size() > 2)
      plans.erase(plans.begin()->first == epoch ? std::prev(plans.end()) : plans.begin());
    return wanted;
  }
};

MixedSource::MixedSource(std::vector<WeightedSource> sources, BatchMaker maker, bool shuffled,
                         std::uint64_t seed)
    : state_(new State{std::move(sources), {}, std::move(maker), shuffled, seed, 0, {}, {}}) {
  auto& s = *state_;
  for (const auto& [source, weight] : s.sources) {
    if (!(weight >= 0) || weight > 1e6)
      throw_usage("the weight of a source is ", weight,
                  ", expected from 0 to 1000000; set data.weights or data.label_weight");
    s.counts.push_back(source->counts());
    for (std::size_t m = 0; m < s.counts.back().size(); ++m)
      if (s.counts.back()[m] > 0) s.most_pages = std::max(s.most_pages, m);
  }
  std::int64_t bundles = 0;
  for (std::size_t m = 0; m <= s.most_pages; ++m) bundles += s.total(m);
  if (bundles == 0)
    throw_usage(
        "no source of samples has a weight above 0, expected at least one; set data.weights or "
        "data.label_weight");
}

std::int64_t MixedSource::size() const {
  return state_->size();
}
StageTimes& MixedSource::times() const {
  return state_->maker.times();
}
Batch MixedSource::get(std::int64_t epoch, std::int64_t index) {
  return state_->maker.make(samples(epoch, index), epoch);
}

std::vector<Conversation> MixedSource::samples(std::int64_t epoch, std::int64_t index) const {
  const auto plan = state_->plan(state_->shuffled ? epoch : 0);
  const auto& slice = plan->batches.at(static_cast<std::size_t>(index));
  std::vector<Conversation> samples;
  for (auto i = slice.begin; i < slice.end; ++i) {
    const auto& visit = plan->visits[slice.pages][i];
    auto bundle = state_->sources[visit.source].source->get(state_->shuffled ? visit.pass : epoch,
                                                            slice.pages, visit.index);
    samples.insert(samples.end(), std::make_move_iterator(bundle.begin()),
                   std::make_move_iterator(bundle.end()));
  }
  return samples;
}

}  // namespace ecg_lora::data
