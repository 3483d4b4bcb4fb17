#include "ecg_lora/ecg/features/rr_statistics.h"

#include <algorithm>
#include <cmath>

#include "ecg_lora/base/error.h"
#include "filter.h"

namespace ecg_lora::features {
namespace {

constexpr double kDeparture = 0.10;  // of the median distance
constexpr std::size_t kEnoughDistances = 6;

double variation_of(const Signal& values) {
  double sum = 0, squares = 0;
  for (const double value : values) sum += value;
  const double mean = sum / static_cast<double>(values.size());
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size())) / mean;
}

}  // namespace

const char* name_of(Regularity regularity) {
  return regularity == Regularity::regular     ? "regular"
         : regularity == Regularity::irregular ? "irregular"
                                               : "unclear";
}

Measured<RrStatistics> measure_rr(const Measured<Beats>& beats) {
  if (!beats) return Measured<RrStatistics>::none(beats.reason());
  const Signal& rr = beats->rr;
  if (rr.size() < 2)
    return Measured<RrStatistics>::none(
        cat("fewer than 2 distances between beats (", rr.size(), ")"));
  const double usual = median(rr);
  RrStatistics result;
  result.rate = 60 / usual;
  result.variation = variation_of(rr);
  Signal changes;
  for (std::size_t i = 0; i < rr.size(); ++i) {
    result.largest = std::max(result.largest, std::abs(rr[i] - usual) / usual);
    if (i > 0) changes.push_back(std::abs(rr[i] - rr[i - 1]) / usual);
  }
  result.wander = median(changes);
  if (rr.size() < kEnoughDistances) return result;
  if (result.largest <= kDeparture) result.regularity = Regularity::regular;
  if (result.wander > kDeparture) result.regularity = Regularity::irregular;
  return result;
}

}  // namespace ecg_lora::features
