#include "ecg_lora/ecg/features/beats.h"

#include <algorithm>
#include <cmath>

#include "ecg_lora/base/error.h"
#include "peaks.h"
#include "slope_energy.h"

namespace ecg_lora::features {
namespace {

constexpr double kTWave = 0.36;      // s after a beat, where a lower peak may be its T wave
constexpr double kTShare = 0.6;      // of that beat
constexpr double kThreshold = 0.5;   // of the usual height near by
constexpr double kSearchBack = 0.6;  // of the threshold, where a beat seems to be missing
constexpr double kMissing = 1.66;    // usual distances
constexpr double kEdge =
    0.1;  // s from either end: a complex may be cut there, which moves its middle
constexpr double kShape = 0.08;    // s around the middle of a beat that are compared
constexpr double kStandOut = 3.2;  // noise in one band, all leads alike, reaches 3.0; of the
                                   // recordings looked at the least is 4.8
constexpr double kLikeness =
    0.66;  // as Orphanidou et al. 2015; the least of those recordings is 0.79

/// Of two curves about 0.
double correlation(const Signal& a, const Signal& b) {
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    ab += a[i] * b[i], aa += a[i] * a[i], bb += b[i] * b[i];
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

class Detector {
 public:
  Detector(const SlopeEnergy& energy, double sampling_rate)
      : energy_(energy),
        rate_(sampling_rate),
        peaks_(find_peaks(energy.height, sampling_rate)),
        usual_(usual_heights(peaks_, energy.height.size(), sampling_rate)),
        beat_(peaks_.size(), false) {}

  void run() {
    for (std::size_t p = 0; p < peaks_.size(); ++p) beat_[p] = peaks_[p].height > threshold(p);
    drop_t_waves();
    search_back();
  }

  /// Median height of beats over the lower quartile of the height at all times; 0 without beats.
  double stand_out() const {
    Signal beats, all;
    for (const std::size_t at : places()) beats.push_back(energy_.height[at]);
    for (std::size_t i = 0; i < energy_.height.size(); ++i)
      if (energy_.valid[i]) all.push_back(energy_.height[i]);
    if (beats.empty()) return 0;
    std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(all.size() / 4),
                     all.end());
    return median(std::move(beats)) / std::max(1e-9, all[all.size() / 4]);
  }

  /// Median over the beats of the correlation with the typical beat, all leads together: 1 if
  /// each looks like the others.
  double likeness() const {
    std::vector<Signal> shapes;
    for (const std::size_t at : places())
      if (auto shape = shape_at(at); !shape.empty()) shapes.push_back(std::move(shape));
    if (shapes.empty()) return 0;
    Signal typical(shapes.front().size()), correlations;
    for (std::size_t i = 0; i < typical.size(); ++i) {
      Signal values;
      for (const Signal& shape : shapes) values.push_back(shape[i]);
      typical[i] = median(std::move(values));
    }
    for (const Signal& shape : shapes) correlations.push_back(correlation(shape, typical));
    return median(std::move(correlations));
  }

  Beats beats() const {
    Beats result;
    std::size_t before = 0;
    for (const std::size_t at : places()) {
      const double time = refined(at);
      if (!result.times.empty() && all_valid(before, at))
        result.rr.push_back(time - result.times.back());
      result.times.push_back(time);
      before = at;
    }
    return result;
  }

 private:
  double threshold(std::size_t p) const {
    return kThreshold * usual_[static_cast<std::size_t>(static_cast<double>(peaks_[p].at) / rate_)];
  }
  double seconds_between(std::size_t a, std::size_t b) const {
    return static_cast<double>(peaks_[b].at - peaks_[a].at) / rate_;
  }

  void drop_t_waves() {
    std::ptrdiff_t before = -1;
    for (std::size_t p = 0; p < peaks_.size(); ++p) {
      if (!beat_[p]) continue;
      const bool t_wave = before >= 0 && seconds_between(before, p) < kTWave &&
                          peaks_[p].height < kTShare * peaks_[before].height;
      if (t_wave)
        beat_[p] = false;
      else
        before = static_cast<std::ptrdiff_t>(p);
    }
  }

  double usual_distance() const {
    Signal distances;
    std::ptrdiff_t before = -1;
    for (std::size_t p = 0; p < peaks_.size(); ++p) {
      if (!beat_[p]) continue;
      if (before >= 0) distances.push_back(seconds_between(before, p));
      before = static_cast<std::ptrdiff_t>(p);
    }
    return median(distances);
  }

  /// The highest peak in a gap that is clear of its edges' T waves becomes a beat if it reaches
  /// the lower threshold.
  void search_back() {
    const double usual = usual_distance();
    if (usual == 0) return;
    std::ptrdiff_t before = -1;
    for (std::size_t p = 0; p < peaks_.size(); ++p) {
      if (!beat_[p]) continue;
      if (before >= 0 && seconds_between(before, p) > kMissing * usual) {
        std::size_t best = p;
        for (std::size_t k = static_cast<std::size_t>(before) + 1; k < p; ++k) {
          if (seconds_between(before, k) < kTWave || seconds_between(k, p) < kTWave) continue;
          if (best == p || peaks_[k].height > peaks_[best].height) best = k;
        }
        if (best != p && peaks_[best].height > kSearchBack * threshold(best)) beat_[best] = true;
      }
      before = static_cast<std::ptrdiff_t>(p);
    }
  }

  std::vector<std::size_t> places() const {
    std::vector<std::size_t> result;
    for (std::size_t p = 0; p < peaks_.size(); ++p)
      if (beat_[p] && !at_edge(peaks_[p].at)) result.push_back(peaks_[p].at);
    return result;
  }

  /// The samples of all leads around a beat, one lead after the other; empty at the ends of the
  /// recording.
  Signal shape_at(std::size_t at) const {
    const auto reach = static_cast<std::size_t>(kShape * rate_);
    if (at < reach || at + reach >= energy_.height.size()) return {};
    Signal shape;
    for (const Signal& lead : energy_.leads)
      shape.insert(shape.end(), lead.begin() + static_cast<std::ptrdiff_t>(at - reach),
                   lead.begin() + static_cast<std::ptrdiff_t>(at + reach + 1));
    return shape;
  }

  /// The summit of the parabola through a peak and its neighbours, s.
  double refined(std::size_t at) const {
    const double a = energy_.height[at - 1], b = energy_.height[at], c = energy_.height[at + 1],
                 bend = a - 2 * b + c;
    const double shift = bend < 0 ? std::clamp(0.5 * (a - c) / bend, -0.5, 0.5) : 0;
    return (static_cast<double>(at) + shift) / rate_;
  }

  bool at_edge(std::size_t at) const {
    return static_cast<double>(std::min(at, energy_.height.size() - 1 - at)) < kEdge * rate_;
  }

  bool all_valid(std::size_t from, std::size_t to) const {
    return std::find(energy_.valid.begin() + static_cast<std::ptrdiff_t>(from),
                     energy_.valid.begin() + static_cast<std::ptrdiff_t>(to),
                     false) == energy_.valid.begin() + static_cast<std::ptrdiff_t>(to);
  }

  const SlopeEnergy& energy_;
  double rate_;
  std::vector<Peak> peaks_;
  Signal usual_;
  std::vector<bool> beat_;
};

}  // namespace

Measured<Beats> find_beats(const wfdb::Record& record) {
  using Result = Measured<Beats>;
  if (!(record.sampling_rate >= 50))
    return Result::none(cat("the sampling rate is ", record.sampling_rate, " Hz, 50 are needed"));
  if (!(record.duration() >= 3))
    return Result::none(cat("the recording lasts ", record.duration(), " s, 3 are needed"));
  const SlopeEnergy energy = combined_slope_energy(voltage_leads(record), record.sampling_rate);
  if (energy.leads.empty()) return Result::none("no lead has a signal");
  Detector detector(energy, record.sampling_rate);
  detector.run();
  const Beats beats = detector.beats();
  if (beats.times.size() < 3)
    return Result::none(cat("fewer than 3 beats stand out (", beats.times.size(), ")"));
  if (detector.stand_out() < kStandOut || detector.likeness() < kLikeness)
    return Result::none("beats do not stand out of noise");
  return beats;
}

}  // namespace ecg_lora::features
