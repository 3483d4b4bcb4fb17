#include "search.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <unordered_set>

#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/base/random.h"

namespace ecg_lora::leakage {
namespace {

constexpr std::size_t kTables = 6;  // hash tables; more find more of the noisy copies
constexpr int kSpareBits = 2;       // bits of a hash beyond the logarithm of the number of moments
constexpr int kMinBits = 10, kMaxBits = 28;
constexpr double kSimilar = 0.93;  // least cosine of descriptors at a lag that is looked into
constexpr double kAlike = 0.85;    // least cosine of the other moments at that lag
constexpr std::int32_t kNear = 3;  // samples that moments of copies may differ by
constexpr double kCertain =
    600;  // samples; a shorter overlap must be most of a recording, or fit better
constexpr double kNearlyWhole = 0.9;               // of the shorter recording
constexpr double kBetter = 0.3;                    // of the allowed distance from 1
constexpr std::size_t kMaxLags = 200;              // of one pair; recordings of 10 s have fewer
constexpr std::uint64_t kSeed = 0x6563676c6f7261;  // of the hyperplanes; any number will do

/// A moment of a recording, with its descriptor.
struct Entry {
  std::uint32_t recording;
  const Moment* moment;
};

/// Recordings that are connected by copies found so far.
class Groups {
 public:
  explicit Groups(std::size_t size) : parent_(size) {
    std::iota(parent_.begin(), parent_.end(), 0u);
  }
  std::uint32_t find(std::uint32_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  bool connected(std::uint32_t a, std::uint32_t b) { return find(a) == find(b); }
  void join(std::uint32_t a, std::uint32_t b) { parent_[find(a)] = find(b); }

 private:
  std::vector<std::uint32_t> parent_;
};

/// Sides of random hyperplanes through the mean of all descriptors: what ECGs have in common tells
/// nothing.
class Hyperplanes {
 public:
  Hyperplanes(const std::vector<Entry>& entries, int bits) : bits_(bits), mean_(kDescriptor, 0.0F) {
    for (const Entry& entry : entries) {
      for (std::size_t d = 0; d < kDescriptor; ++d) {
        mean_[d] +=
            static_cast<float>(entry.moment->descriptor[d]) / static_cast<float>(entries.size());
      }
    }
    Random random{kSeed};
    planes_.resize(kTables * static_cast<std::size_t>(bits) * kDescriptor);
    for (float& value : planes_) value = static_cast<float>(random.normal());
  }

  std::uint32_t hash(const Descriptor& descriptor, std::size_t table) const {
    std::array<float, kDescriptor> centred{};
    for (std::size_t d = 0; d < kDescriptor; ++d)
      centred[d] = static_cast<float>(descriptor[d]) - mean_[d];
    const float* plane = planes_.data() + table * static_cast<std::size_t>(bits_) * kDescriptor;
    std::uint32_t hash = 0;
    for (int bit = 0; bit < bits_; ++bit, plane += kDescriptor) {
      hash = hash << 1 |
             (std::inner_product(centred.begin(), centred.end(), plane, 0.0F) > 0 ? 1U : 0U);
    }
    return hash;
  }

 private:
  int bits_;
  std::vector<float> mean_, planes_;
};

class Search {
 public:
  Search(const SearchInput& input, const SearchOptions& options)
      : input_(input), options_(options), groups_(input.moments.size()) {
    for (std::uint32_t r = 0; r < input.moments.size(); ++r) {
      for (const Moment& moment : input.moments[r]) entries_.push_back({r, &moment});
    }
  }

  SearchResult run() {
    if (entries_.empty()) return {};
    const int bits = std::clamp(static_cast<int>(std::bit_width(entries_.size())) + kSpareBits,
                                kMinBits, kMaxBits);
    const Hyperplanes planes(entries_, bits);
    Progress progress("Comparing traces", static_cast<std::int64_t>(kTables * entries_.size()),
                      "moments");
    for (std::size_t table = 0; table < kTables; ++table) search_table(planes, table, progress);
    return std::move(result_);
  }

 private:
  void search_table(const Hyperplanes& planes, std::size_t table, Progress& progress) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> order(entries_.size());  // hash, entry
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = {planes.hash(entries_[i].moment->descriptor, table),
                  static_cast<std::uint32_t>(i)};
    }
    std::sort(order.begin(), order.end());
    for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
      throw_if_interrupted("comparing traces");
      while (end < order.size() && order[end].first == order[begin].first) ++end;
      for (std::size_t i = begin; i < end; ++i) {
        for (std::size_t j = i + 1; j < end; ++j)
          consider(entries_[order[i].second], entries_[order[j].second]);
      }
      progress.advance(static_cast<std::int64_t>(end - begin));
    }
  }

  void consider(const Entry& first, const Entry& second) {
    const auto& [a, b] = std::minmax(
        first, second, [](const Entry& x, const Entry& y) { return x.recording < y.recording; });
    if (a.recording == b.recording || !input_.wanted(a.recording, b.recording)) return;
    if (groups_.connected(a.recording, b.recording)) return;
    if (similarity(a.moment->descriptor, b.moment->descriptor) < kSimilar) return;
    const std::ptrdiff_t lag = a.moment->at - b.moment->at;
    if (!is_new(a.recording, b.recording, lag) || !agree(a.recording, b.recording, lag)) return;
    ++result_.candidates;
    const auto trace_a = input_.trace(a.recording), trace_b = input_.trace(b.recording);
    const Match found =
        match(*trace_a, *trace_b, lag, options_.least_overlap, options_.correlation);
    if (found.correlation < needed(found, *trace_a, *trace_b)) return;
    groups_.join(a.recording, b.recording);
    result_.pairs.push_back({a.recording, b.recording,
                             best_match(a.recording, b.recording, *trace_a, *trace_b, found)});
  }

  /// Whether most moments that both recordings should have at this lag are there, and alike.
  /// Different recordings with a similar beat mostly fail here, at a small part of the price of a
  /// correlation.
  bool agree(std::uint32_t a, std::uint32_t b, std::ptrdiff_t lag) const {
    const auto& of_a = input_.moments[a];
    int expected = 0, there = 0;
    for (const Moment& y : input_.moments[b]) {
      const std::ptrdiff_t at = y.at + lag;
      if (at < of_a.front().at - kNear || at > of_a.back().at + kNear) continue;
      ++expected;
      const auto x = std::lower_bound(of_a.begin(), of_a.end(), at - kNear,
                                      [](const Moment& m, std::ptrdiff_t t) { return m.at < t; });
      if (x != of_a.end() && x->at <= at + kNear &&
          similarity(x->descriptor, y.descriptor) >= kAlike)
        ++there;
    }
    return 2 * there > expected;
  }

  /// The least correlation of a copy. That the end of one recording fits the start of another for a
  /// few regular beats happens by chance; that a cut-out fits as a whole does not.
  double needed(const Match& found, const ComparedTrace& a, const ComparedTrace& b) const {
    const auto overlap = static_cast<double>(found.overlap),
               shorter = static_cast<double>(std::min(a.length(), b.length()));
    const bool certain = overlap >= kCertain || overlap >= kNearlyWhole * shorter;
    return certain ? options_.correlation : 1 - kBetter * (1 - options_.correlation);
  }

  /// A regular rhythm fits itself a beat later as well, though less well, and with less overlap.
  Match best_match(std::uint32_t a, std::uint32_t b, const ComparedTrace& trace_a,
                   const ComparedTrace& trace_b, Match best) const {
    std::unordered_set<std::ptrdiff_t> lags;
    for (const Moment& x : input_.moments[a]) {
      for (const Moment& y : input_.moments[b]) {
        const std::ptrdiff_t lag = x.at - y.at;
        if (lags.size() >= kMaxLags || similarity(x.descriptor, y.descriptor) < kSimilar ||
            !lags.insert(lag).second)
          continue;
        const Match other =
            match(trace_a, trace_b, lag, options_.least_overlap, options_.correlation);
        if (other.correlation > best.correlation &&
            other.correlation >= needed(other, trace_a, trace_b))
          best = other;
      }
    }
    return best;
  }

  /// Whether the pair was not yet correlated at this lag.
  bool is_new(std::uint32_t a, std::uint32_t b, std::ptrdiff_t lag) {
    std::uint64_t key = static_cast<std::uint64_t>(a) << 32 | b;
    key = key * 0x9e3779b97f4a7c15 + static_cast<std::uint64_t>(lag);
    return tried_.insert(key * 0xbf58476d1ce4e5b9).second;
  }

  const SearchInput& input_;
  const SearchOptions& options_;
  std::vector<Entry> entries_;
  Groups groups_;
  std::unordered_set<std::uint64_t> tried_;
  SearchResult result_;
};

}  // namespace

SearchResult find_copies(const SearchInput& input, const SearchOptions& options) {
  SearchResult result = Search(input, options).run();
  std::sort(result.pairs.begin(), result.pairs.end(),
            [](const Pair& x, const Pair& y) { return std::pair(x.a, x.b) < std::pair(y.a, y.b); });
  return result;
}

}  // namespace ecg_lora::leakage
