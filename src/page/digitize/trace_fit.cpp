#include "trace_fit.h"

#include <algorithm>
#include <cmath>

namespace ecg_lora::page {
namespace {

constexpr double kGoodEnough = 0.1;  ///< misfit of a column and its neighbours, squared blackness

/// Most of a trace is nearly level, where a run is as high as the pen is wide.
double pen_width(const std::vector<InkRun>& runs) {
  std::vector<double> heights;
  for (const auto& run : runs)
    if (!std::isnan(run.top)) heights.push_back(run.bottom - run.top);
  if (heights.empty()) return 1;
  const auto quarter = heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 4);
  std::nth_element(heights.begin(), quarter, heights.end());
  return *quarter;
}

/// A trace that is straight between the middles of columns, moved until a pen along it leaves the
/// ink that is there. The middle of a run is not enough: a column of a steep trace holds halves of
/// two of its lines.
class Fitter {
 public:
  Fitter(const InkMap& ink, int first, const std::vector<InkRun>& runs, std::size_t seen)
      : ink_(ink), first_(first), runs_(runs), seen_(seen), pen_(pen_width(runs)) {
    for (const auto& run : runs) y_.push_back(run.middle());
    for (std::size_t i = 0; i < y_.size(); ++i) {
      if (!steep(i)) continue;
      const auto next_to = [&](auto beats) {
        return (i == 0 || beats(runs[i - 1])) && (i + 1 == runs.size() || beats(runs[i + 1]));
      };
      const bool peak = next_to([&](const InkRun& other) { return !(other.top <= runs[i].top); });
      const bool trough =
          next_to([&](const InkRun& other) { return !(other.bottom >= runs[i].bottom); });
      if (peak && !trough) y_[i] = runs[i].top + pen_ / 2;
      if (trough && !peak) y_[i] = runs[i].bottom - pen_ / 2;
    }
  }

  /// y at the middle of each column, px; NaN if there was no run.
  std::vector<double> fit() {
    for (int round = 0; round < 3; ++round)
      for (std::size_t i = 0; i < y_.size(); ++i) {
        if (steep(i)) search(i, 0);
        if (i + 1 < y_.size() && (steep(i) || steep(i + 1)) && !std::isnan(y_[i] + y_[i + 1]))
          search(i, -1);
      }
    return y_;
  }

 private:
  bool steep(std::size_t i) const {
    return !std::isnan(y_[i]) && runs_[i].bottom - runs_[i].top > 1.3 * pen_;
  }

  /// Moves column i, and with `pair` -1 the next one as far the other way, to where the ink fits
  /// best.
  void search(std::size_t i, double pair) {
    const auto begin = std::max(seen_, i > 1 ? i - 1 : 0),
               end = std::min(y_.size(), i + (pair != 0 ? 3 : 2));
    double top = 1e9, bottom = -1e9;
    for (auto j = begin; j < end; ++j)
      if (!std::isnan(y_[j]))
        top = std::min(top, runs_[j].top), bottom = std::max(bottom, runs_[j].bottom);
    const auto cost = [&] {
      return misfit(begin, end, static_cast<int>(top - pen_), static_cast<int>(bottom + pen_) + 1);
    };
    double best = cost();
    if (best < kGoodEnough) return;
    for (double step = 2; step >= 0.25; step /= 2)
      for (const double move : {step, -step}) {
        y_[i] += move;
        if (pair != 0) y_[i + 1] += pair * move;
        if (const double now = cost(); now < best) {
          best = now;
          break;
        }
        y_[i] -= move;
        if (pair != 0) y_[i + 1] -= pair * move;
      }
  }

  /// The line from the middle of column `x` to that of the next.
  struct Line {
    double x, y, rise, inverse;  ///< inverse of its squared length
    double square_distance(double px, double py) const {
      const double dx = px - x, dy = py - y,
                   along = std::clamp((dx + dy * rise) * inverse, 0.0, 1.0);
      return (dx - along) * (dx - along) + (dy - along * rise) * (dy - along * rise);
    }
  };

  /// The lines that start in the columns from `begin` to `end`, if both ends are known.
  void lines_between(std::ptrdiff_t begin, std::ptrdiff_t end) {
    lines_.clear();
    for (auto j = std::max<std::ptrdiff_t>(0, begin);
         j < std::min(end, static_cast<std::ptrdiff_t>(y_.size()) - 1); ++j) {
      const double from = y_[static_cast<std::size_t>(j)],
                   rise = y_[static_cast<std::size_t>(j) + 1] - from;
      if (!std::isnan(rise))
        lines_.push_back({static_cast<double>(j), from, rise, 1 / (1 + rise * rise)});
    }
  }

  /// Squared difference between the ink and that of a pen along y, over the columns from begin to
  /// end and the rows from top to bottom.
  double misfit(std::size_t begin, std::size_t end, int top, int bottom) {
    const double outer = pen_ / 2 + 0.5;
    const auto reach = static_cast<std::ptrdiff_t>(std::ceil(outer));
    double sum = 0;
    lines_between(static_cast<std::ptrdiff_t>(begin) - reach,
                  static_cast<std::ptrdiff_t>(end) + reach - 1);
    for (auto column = begin; column < end; ++column)
      for (int row = top; row <= bottom; ++row) {
        double nearest = outer * outer;
        for (const auto& line : lines_)
          nearest = std::min(nearest, line.square_distance(static_cast<double>(column), row));
        const double differs = std::min(1.0, outer - std::sqrt(nearest)) -
                               ink_.at(first_ + static_cast<int>(column), row);
        sum += differs * differs;
      }
    return sum;
  }

  const InkMap& ink_;
  int first_;
  const std::vector<InkRun>& runs_;
  std::size_t seen_;
  double pen_;
  std::vector<double> y_;
  std::vector<Line> lines_;  ///< scratch
};

}  // namespace

std::vector<double> fit_trace(const InkMap& ink, int first, const std::vector<InkRun>& runs,
                              std::size_t seen) {
  return Fitter(ink, first, runs, seen).fit();
}

}  // namespace ecg_lora::page
