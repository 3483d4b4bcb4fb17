#include <algorithm>
#include <cmath>

#include "compared_trace.h"

namespace ecg_lora::leakage {
namespace {

constexpr double kMargin = 0.06;       // that refinement of a rough correlation may add
constexpr std::size_t kStride = 4;     // samples between those of a rough correlation
constexpr std::ptrdiff_t kAround = 2;  // samples that a guess may be off
constexpr int kSteps = 6;              // uphill from there

/// Second moments, leads together, with the mean of each lead removed.
struct Moments {
  double aa = 0, bb = 0, ab = 0;
  double correlation() const { return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0; }
};

struct Overlap {
  std::size_t from_a = 0, from_b = 0, size = 0;
};

Overlap overlap_at(const ComparedTrace& a, const ComparedTrace& b, std::ptrdiff_t lag) {
  const auto from_a = static_cast<std::size_t>(std::max<std::ptrdiff_t>(lag, 0));
  const auto from_b = static_cast<std::size_t>(std::max<std::ptrdiff_t>(-lag, 0));
  if (from_a >= a.length() || from_b >= b.length()) return {};
  return {from_a, from_b, std::min(a.length() - from_a, b.length() - from_b)};
}

/// Of `a` from o.from_a, and of `b`, whose sample i of lead l in the overlap is `value(l, i)`.
/// Every `stride`-th sample counts.
template <class F>
Moments moments(const ComparedTrace& a, const Overlap& o, std::size_t stride, F value) {
  Moments total;
  const double n = static_cast<double>((o.size + stride - 1) / stride);
  for (std::size_t l = 0; l < kLeads; ++l) {
    const std::int16_t* x = a.leads[l].data() + o.from_a;
    double sx = 0, sy = 0, xx = 0, yy = 0, xy = 0;
    for (std::size_t i = 0; i < o.size; i += stride) {
      const double u = x[i], v = value(l, i);
      sx += u, sy += v, xx += u * u, yy += v * v, xy += u * v;
    }
    total.aa += xx - sx * sx / n;
    total.bb += yy - sy * sy / n;
    total.ab += xy - sx * sy / n;
  }
  return total;
}

double correlation_at(const ComparedTrace& a, const ComparedTrace& b, std::ptrdiff_t lag,
                      std::size_t least, std::size_t stride) {
  const Overlap o = overlap_at(a, b, lag);
  if (o.size < least) return 0;
  const auto value = [&](std::size_t l, std::size_t i) {
    return static_cast<double>(b.leads[l][o.from_b + i]);
  };
  return moments(a, o, stride, value).correlation();
}

/// Catmull-Rom between y[1] and y[2].
double between(const std::int16_t* y, double t) {
  const double y0 = y[0], y1 = y[1], y2 = y[2], y3 = y[3];
  return y1 +
         0.5 * t * (y2 - y0 + t * (2 * y0 - 5 * y1 + 4 * y2 - y3 + t * (3 * (y1 - y2) + y3 - y0)));
}

/// At the lag `lag` + `fraction`, 0 <= fraction < 1: sample i of `b` stands for i - fraction.
Match match_between(const ComparedTrace& a, const ComparedTrace& b, std::ptrdiff_t lag,
                    double fraction, std::size_t least) {
  Overlap o = overlap_at(a, b, lag);
  if (o.size < std::max<std::size_t>(least, 4)) return {};
  o = {o.from_a + 2, o.from_b + 2, o.size - 3};  // two neighbours before, one after
  const Moments m = moments(a, o, 1, [&](std::size_t l, std::size_t i) {
    return between(b.leads[l].data() + o.from_b + i - 2, 1 - fraction);
  });
  const double gain = m.aa > 0 ? m.ab / m.aa * b.scale / a.scale : 0;
  return {m.correlation(), static_cast<double>(lag) + fraction, gain, o.size};
}

}  // namespace

Match match(const ComparedTrace& a, const ComparedTrace& b, std::ptrdiff_t lag, std::size_t least,
            double least_correlation) {
  std::ptrdiff_t best = lag;
  double rough = -1;
  for (std::ptrdiff_t other = lag - kAround; other <= lag + kAround; ++other) {
    if (const double value = correlation_at(a, b, other, least, kStride); value > rough)
      best = other, rough = value;
  }
  if (rough < least_correlation - kMargin) return {rough, static_cast<double>(best), 0, 0};
  const auto at = [&](std::ptrdiff_t l) { return correlation_at(a, b, l, least, 1); };
  double center = at(best);
  double before = at(best - 1), after = at(best + 1);
  for (int step = 0; step < kSteps && (before > center || after > center); ++step) {
    if (after > before) {
      ++best, before = center, center = after, after = at(best + 1);
    } else {
      --best, after = center, center = before, before = at(best - 1);
    }
  }
  const double bend = before - 2 * center + after;
  const double vertex = bend < 0 ? std::clamp(0.5 * (before - after) / bend, -0.5, 0.5) : 0;
  return vertex < 0 ? match_between(a, b, best - 1, vertex + 1, least)
                    : match_between(a, b, best, vertex, least);
}

}  // namespace ecg_lora::leakage
