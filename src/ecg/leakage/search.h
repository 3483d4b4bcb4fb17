// Pairs of recordings with a moment in common: by locality-sensitive hash, then by correlation.
#pragma once

#include <functional>
#include <memory>

#include "signature.h"

namespace ecg_lora::leakage {

struct Pair {
  std::uint32_t a = 0, b = 0;  ///< recordings, a < b
  Match match;
};

struct SearchOptions {
  double correlation = 0.99;
  std::size_t least_overlap = 350;  ///< samples
};

struct SearchResult {
  std::vector<Pair> pairs;
  std::size_t candidates = 0;  ///< lags that were correlated
};

/// What a search runs over; recording i has moments[i].
struct SearchInput {
  std::vector<std::vector<Moment>> moments;
  /// Whether a pair matters: recordings of one part need not be compared.
  std::function<bool(std::uint32_t, std::uint32_t)> wanted;
  /// Trace of a recording.
  std::function<std::shared_ptr<const ComparedTrace>(std::uint32_t)> trace;
};

/// Of recordings that are all copies of one another, enough pairs to connect them are found, not
/// each pair.
SearchResult find_copies(const SearchInput& input, const SearchOptions& options);

}  // namespace ecg_lora::leakage
