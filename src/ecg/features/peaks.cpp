#include "peaks.h"

#include <algorithm>
#include <cmath>

namespace ecg_lora::features {
namespace {

constexpr double kRefractory = 0.20;  // s; no two beats are closer
constexpr double kNeighbourhood = 5;  // s on either side that make the usual height

}  // namespace

std::vector<Peak> find_peaks(const Signal& height, double sampling_rate) {
  std::vector<Peak> peaks;
  for (std::size_t i = 1; i + 1 < height.size(); ++i)
    if (height[i] > height[i - 1] && height[i] >= height[i + 1]) peaks.push_back({i, height[i]});
  std::stable_sort(peaks.begin(), peaks.end(),
                   [](const Peak& a, const Peak& b) { return a.height > b.height; });
  const auto reach = static_cast<std::size_t>(std::lround(kRefractory * sampling_rate));
  std::vector<bool> taken(height.size(), false);
  std::vector<Peak> kept;
  for (const Peak& peak : peaks) {
    if (taken[peak.at]) continue;
    kept.push_back(peak);
    const std::size_t from = peak.at > reach ? peak.at - reach : 0,
                      to = std::min(height.size(), peak.at + reach);
    std::fill(taken.begin() + static_cast<std::ptrdiff_t>(from),
              taken.begin() + static_cast<std::ptrdiff_t>(to), true);
  }
  std::sort(kept.begin(), kept.end(), [](const Peak& a, const Peak& b) { return a.at < b.at; });
  return kept;
}

Signal usual_heights(const std::vector<Peak>& peaks, std::size_t samples, double sampling_rate) {
  const auto seconds =
      static_cast<std::size_t>(std::ceil(static_cast<double>(samples) / sampling_rate));
  Signal highest(seconds, 0);
  for (const Peak& peak : peaks) {
    const auto second = static_cast<std::size_t>(static_cast<double>(peak.at) / sampling_rate);
    highest[second] = std::max(highest[second], peak.height);
  }
  Signal pairs(seconds);
  for (std::size_t s = 0; s < seconds; ++s)
    pairs[s] = std::max(highest[s], s + 1 < seconds ? highest[s + 1] : highest[s == 0 ? 0 : s - 1]);
  Signal usual(seconds);
  const auto reach = static_cast<std::size_t>(kNeighbourhood);
  for (std::size_t s = 0; s < seconds; ++s) {
    const std::size_t from = s > reach ? s - reach : 0, to = std::min(seconds, s + reach + 1);
    usual[s] = median({pairs.begin() + static_cast<std::ptrdiff_t>(from),
                       pairs.begin() + static_cast<std::ptrdiff_t>(to)});
  }
  return usual;
}

}  // namespace ecg_lora::features
