#include "synthetic/reading.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace ecg_lora::testing {
namespace {

constexpr double kRate = 500;  // Hz
constexpr double kBefore = 0.5,
                 kAfter = 0.75;  // s of the typical beat around the fastest point of QRS

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Squared change over 6 ms summed over leads, smoothed over 14 ms.
std::vector<double> speeds(const std::vector<const std::vector<double>*>& leads) {
  const std::size_t n = leads.front()->size();
  std::vector<double> raw(n, 0), smooth(n, 0);
  for (const auto* lead : leads) {
    for (std::size_t i = 2; i + 2 < n; ++i) raw[i] += std::pow((*lead)[i + 2] - (*lead)[i - 2], 2);
  }
  for (std::size_t i = 3; i + 3 < n; ++i) {
    for (std::size_t k = i - 3; k <= i + 3; ++k) smooth[i] += raw[k] / 7;
  }
  return smooth;
}

}  // namespace

Reading::Reading(const wfdb::Record& record) : record_(&record) {
  find_beats();
  find_typical();
  find_qrs();
}

void Reading::find_beats() {
  std::vector<const std::vector<double>*> leads;
  for (const auto& lead : record_->leads) leads.push_back(&lead.samples);
  speed_ = speeds(leads);
  std::vector<double> sorted = speed_;
  const auto at =
      sorted.begin() + static_cast<std::ptrdiff_t>(0.975 * static_cast<double>(sorted.size()));
  std::nth_element(sorted.begin(), at, sorted.end());
  const double threshold = 0.16 * *at;
  for (std::size_t i = 0; i < speed_.size(); ++i) {
    if (speed_[i] < threshold) continue;
    const auto last = std::min(speed_.size(), i + static_cast<std::size_t>(0.12 * kRate));
    const auto peak = std::max_element(speed_.begin() + static_cast<std::ptrdiff_t>(i),
                                       speed_.begin() + static_cast<std::ptrdiff_t>(last));
    // A steep T wave is still slower than the QRS that it follows.
    const double time = static_cast<double>(peak - speed_.begin()) / kRate;
    const bool t_wave =
        !beats_.empty() && time - beats_.back() < 0.42 &&
        *peak < 0.3 * speed_[static_cast<std::size_t>(std::lround(beats_.back() * kRate))];
    if (!t_wave) beats_.push_back(time);
    i = static_cast<std::size_t>(peak - speed_.begin()) + static_cast<std::size_t>(0.2 * kRate);
  }
  for (std::size_t i = 1; i < beats_.size(); ++i) rr_.push_back(beats_[i] - beats_[i - 1]);
  median_rr_ = median(rr_);
}

void Reading::find_typical() {
  const auto length = static_cast<std::size_t>((kBefore + kAfter) * kRate);
  for (const auto& lead : record_->leads) {
    std::vector<double>& typical = typical_[lead.name];
    for (std::size_t k = 0; k < length; ++k) {
      std::vector<double> values;
      for (const double beat : beats_) {
        const double from = (beat - kBefore) * kRate, i = from + static_cast<double>(k);
        if (from < 0 ||
            from + static_cast<double>(length) >= static_cast<double>(lead.samples.size()))
          continue;
        values.push_back(lead.samples[static_cast<std::size_t>(std::lround(i))]);
      }
      typical.push_back(median(values));
    }
  }
}

void Reading::find_qrs() {
  std::vector<const std::vector<double>*> leads;
  for (const auto& lead : typical_) leads.push_back(&lead.second);
  const std::vector<double> speed = speeds(leads);
  const auto centre = static_cast<std::ptrdiff_t>(kBefore * kRate),
             reach = static_cast<std::ptrdiff_t>(0.2 * kRate);
  const double top = *std::max_element(speed.begin() + centre - 40, speed.begin() + centre + 60);
  const auto fast = [&](std::ptrdiff_t i, double share) {
    return speed[static_cast<std::size_t>(i)] > share * share * top;
  };
  const auto edge = [&](int step, double share, std::ptrdiff_t gap) {
    std::ptrdiff_t last = centre, quiet = 0;
    for (std::ptrdiff_t i = centre; std::abs(i - centre) < reach && quiet <= gap; i += step) {
      quiet = fast(i, share) ? 0 : quiet + 1;
      if (quiet == 0) last = i;
    }
    return last;
  };
  const std::ptrdiff_t first = edge(-1, 0.15, 6), last = edge(1, 0.15, 9);
  std::ptrdiff_t steep = first;
  while (steep < centre && !fast(steep, 0.6)) ++steep;
  // The smoothing and the difference widen the fast part by 4 samples on either side.
  onset_ = static_cast<double>(first + 2) / kRate;
  width_ = static_cast<double>(last - first - 4) / kRate;
  upstroke_ = static_cast<double>(steep - first) / kRate;
  for (auto& [name, values] : typical_) {
    const auto start = static_cast<std::size_t>(onset_ * kRate);
    const double level = median({values.begin() + static_cast<std::ptrdiff_t>(start) - 12,
                                 values.begin() + static_cast<std::ptrdiff_t>(start) - 3});
    for (double& value : values) value -= level;
  }
}

double Reading::rate() const {
  return 60 * static_cast<double>(rr_.size()) / std::accumulate(rr_.begin(), rr_.end(), 0.0);
}
double Reading::variation() const {
  const double mean =
      std::accumulate(rr_.begin(), rr_.end(), 0.0) / static_cast<double>(rr_.size());
  double squares = 0;
  for (const double rr : rr_) squares += (rr - mean) * (rr - mean);
  return std::sqrt(squares / static_cast<double>(rr_.size())) / mean;
}

double Reading::likeness(std::size_t beat) const {
  const auto from = std::lround((beats_[beat] - 0.06) * kRate),
             start = std::lround((kBefore - 0.06) * kRate);
  double ab = 0, aa = 0, bb = 0;
  for (const auto& [name, typical] : typical_) {
    const auto& lead = samples(name);
    for (long k = 0; k < std::lround(0.16 * kRate); ++k) {
      if (from + k < 2 || from + k + 2 >= static_cast<long>(lead.size())) return 0;
      const double a = lead[static_cast<std::size_t>(from + k + 2)] -
                       lead[static_cast<std::size_t>(from + k - 2)];
      const double b = typical[static_cast<std::size_t>(start + k + 2)] -
                       typical[static_cast<std::size_t>(start + k - 2)];
      ab += a * b, aa += a * a, bb += b * b;
    }
  }
  return ab / std::sqrt(aa * bb + 1e-12);
}

double Reading::p_scatter() const {
  const auto& lead = samples("II");
  std::vector<double> times;
  for (const double beat : beats_) {
    const auto from = std::lround((beat - 0.42) * kRate), to = std::lround((beat - 0.14) * kRate);
    if (from < 0) continue;
    times.push_back(static_cast<double>(std::max_element(lead.begin() + from, lead.begin() + to) -
                                        lead.begin()) /
                        kRate -
                    beat);
  }
  const double mean =
      std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(times.size());
  double squares = 0;
  for (const double time : times) squares += (time - mean) * (time - mean);
  return std::sqrt(squares / static_cast<double>(times.size()));
}

int Reading::spikes() const {
  int count = 0;
  const auto& lead = samples("aVF");
  for (std::size_t i = 1, last = 0; i + 1 < lead.size(); ++i) {
    if (std::abs(lead[i + 1] - 2 * lead[i] + lead[i - 1]) < 0.3 || (count > 0 && i - last < 20))
      continue;
    ++count;
    last = i;
  }
  return count;
}

double Reading::wave(const std::string& lead, double low, double high) const {
  std::vector<double> rest = samples(lead);
  for (const double beat : beats_) {
    const auto from = std::max(0L, std::lround((beat - 0.06) * kRate));
    const auto to =
        std::min(static_cast<long>(rest.size()) - 1, std::lround((beat + 0.08) * kRate));
    for (long i = from; i <= to; ++i) {
      const double share = static_cast<double>(i - from) / static_cast<double>(to - from);
      rest[static_cast<std::size_t>(i)] = (1 - share) * rest[static_cast<std::size_t>(from)] +
                                          share * rest[static_cast<std::size_t>(to)];
    }
  }
  double strongest = 0;
  for (double hertz = low; hertz <= high; hertz += 0.05) {
    double c = 0, s = 0;
    for (std::size_t i = 0; i < rest.size(); ++i) {
      const double phase = 2 * std::numbers::pi * hertz * static_cast<double>(i) / kRate;
      c += rest[i] * std::cos(phase);
      s += rest[i] * std::sin(phase);
    }
    strongest = std::max(strongest, 2 * std::hypot(c, s) / static_cast<double>(rest.size()));
  }
  return strongest;
}

double Reading::at(const std::string& lead, double time) const {
  const auto& values = typical_.at(lead);
  const long i = std::lround((onset_ + time) * kRate);
  return values[static_cast<std::size_t>(std::clamp(i, 0L, static_cast<long>(values.size()) - 1))];
}
double Reading::highest(const std::string& lead, double from, double to) const {
  double result = at(lead, from);
  for (double time = from; time <= to; time += 1 / kRate) result = std::max(result, at(lead, time));
  return result;
}
double Reading::lowest(const std::string& lead, double from, double to) const {
  double result = at(lead, from);
  for (double time = from; time <= to; time += 1 / kRate) result = std::min(result, at(lead, time));
  return result;
}
double Reading::time_of_highest(const std::string& lead, double from, double to) const {
  double result = from;
  for (double time = from; time <= to; time += 1 / kRate)
    if (at(lead, time) > at(lead, result)) result = time;
  return result;
}
double Reading::rise(const std::string& lead, double from, double to) const {
  double result = 0;
  for (double time = from; time <= to; time += 1 / kRate) {
    const double share = (time - from) / (to - from);
    result = std::max(result, at(lead, time) - (1 - share) * at(lead, from) - share * at(lead, to));
  }
  return result;
}

double Reading::dip(const std::string& lead, double from, double to) const {
  double result = 0;
  for (double time = from; time <= to; time += 1 / kRate) {
    const double share = (time - from) / (to - from);
    result = std::max(result, (1 - share) * at(lead, from) + share * at(lead, to) - at(lead, time));
  }
  return result;
}

double Reading::axis() const {
  const auto net = [&](const char* lead) { return r(lead) + s(lead); };
  return std::atan2(net("aVF") * 2 / std::sqrt(3), net("I")) * 180 / std::numbers::pi;
}
double Reading::st(const std::string& lead) const {
  double sum = 0;
  for (int k = 0; k <= 10; ++k) sum += at(lead, width_ + 0.06 + 0.002 * k) / 11;
  return sum;
}
double Reading::t_peak(const std::string& lead) const {
  const double last = std::min(0.62, 0.75 * median_rr_);
  double result = width_ + 0.09;
  for (double time = result; time <= last; time += 1 / kRate)
    if (std::abs(at(lead, time)) > std::abs(at(lead, result))) result = time;
  return result;
}
double Reading::t(const std::string& lead) const {
  return at(lead, t_peak(lead));
}
double Reading::t_width(const std::string& lead) const {
  const double peak = t_peak(lead), half = at(lead, peak) / 2;
  double from = peak, to = peak;
  while (from > width_ && at(lead, from) / half > 1) from -= 1 / kRate;
  while (to < 0.7 && at(lead, to) / half > 1) to += 1 / kRate;
  return to - from;
}
double Reading::qtc() const {
  std::string best = "II";
  for (const auto& lead : typical_)
    if (std::abs(t(lead.first)) > std::abs(t(best))) best = lead.first;
  const double peak = t_peak(best), sign = t(best) > 0 ? 1 : -1;
  double steepest = 0, when = peak;
  for (double time = peak; time < peak + 0.16; time += 1 / kRate) {
    const double slope = sign * (at(best, time - 0.01) - at(best, time + 0.01)) / 0.02;
    if (slope > steepest) steepest = slope, when = time;
  }
  return (when + sign * at(best, when) / steepest) / std::sqrt(median_rr_);
}
double Reading::p_lead_time() const {
  // The T wave of the beat before must not pass for a P.
  const double earliest = -std::min(0.36, 0.5 * median_rr_);
  return -time_of_highest("II", earliest, -0.03);
}

}  // namespace ecg_lora::testing
