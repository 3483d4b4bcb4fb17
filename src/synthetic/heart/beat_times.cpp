#include "beat_times.h"

#include <algorithm>
#include <cmath>

namespace ecg_lora::synthetic {
namespace {

/// Turns the beat `index` into a premature one; its successor keeps its time, which leaves the
/// compensatory pause.
void make_ectopic(std::vector<BeatTime>& beats, std::size_t index, double mean_rr, Random& random) {
  BeatTime& beat = beats[index];
  const double coupling = std::max(0.36, random.uniform(0.55, 0.66) * mean_rr);
  beat.onset = std::min(beat.onset, beats[index - 1].onset + coupling);
  beat.rr = beat.onset - beats[index - 1].onset;
  beat.ectopic = true;
  if (index + 1 < beats.size()) beats[index + 1].rr = beats[index + 1].onset - beat.onset;
}

}  // namespace

std::vector<BeatTime> beat_times(const Morphology& m, double seconds, Random& random) {
  std::vector<BeatTime> beats;
  const double mean = m.rr();
  double onset = -(1 + random.uniform()) * mean;
  for (double rr = mean; onset < seconds + mean; onset += rr) {
    beats.push_back({onset, rr, false});
    rr = std::max(kShortestRr,
                  mean * (1 + m.rr_irregularity * std::clamp(random.normal(), -2.2, 2.8)));
  }
  std::vector<std::size_t> candidates;
  for (std::size_t i = 1; i < beats.size(); ++i) {
    if (beats[i].onset > 0.3 && beats[i].onset < seconds - 0.5) candidates.push_back(i);
  }
  random.shuffle(candidates);
  auto wanted = std::llround(m.ectopic_beats * seconds / 10);
  for (const std::size_t i : candidates) {
    if (wanted <= 0) break;
    if (beats[i - 1].ectopic || (i + 1 < beats.size() && beats[i + 1].ectopic)) continue;
    make_ectopic(beats, i, mean, random);
    --wanted;
  }
  return beats;
}

}  // namespace ecg_lora::synthetic
