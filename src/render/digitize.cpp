#include "ecg_lora/render/digitize.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "ink_columns.h"
#include "layout.h"

namespace ecg_lora::render {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double reach_mv = 4;       ///< ink farther from the baseline than this is another lead's
constexpr double good_enough = 0.1;  ///< misfit of a column and its neighbours, squared blackness
constexpr double lifted_cost = 5;    ///< of a column without ink, in the same
constexpr double away_cost = 0.004;  ///< of a pixel between ink and baseline, in pixels of a jump between columns

/// Where the pen may be in a column: on a run, or lifted after the run it was on last.
struct State {
  Run run;
  double cost = 0;
  std::size_t from = 0;  ///< state of the column before
  bool lifted = false;
};

double jump(const Run& a, const Run& b) { return std::max({0.0, a.top - b.bottom, b.top - a.bottom}); }

/// The runs that one pen left from the first column to the last: the path with the least jumps, near the baseline where in doubt.
class Tracker {
 public:
  explicit Tracker(double baseline) : baseline_(baseline) {}

  void add(const std::vector<Run>& runs) {
    std::vector<State> states;
    for (const auto& run : runs) states.push_back(reach(run));
    if (!columns_.empty())
      for (const auto best : cheapest(columns_.back()))
        states.push_back({columns_.back()[best].run, columns_.back()[best].cost + lifted_cost, best, true});
    if (states.empty()) states.push_back({{baseline_, baseline_}, 0, 0, true});
    columns_.push_back(std::move(states));
  }

  /// The run of each column; NaN where the pen was lifted.
  std::vector<Run> path() const {
    std::vector<Run> result(columns_.size(), Run{missing, missing});
    std::size_t at = columns_.empty() ? 0 : cheapest(columns_.back()).front();
    for (std::size_t i = columns_.size(); i-- > 0; at = columns_[i].at(at).from)
      if (!columns_[i].at(at).lifted) result[i] = columns_[i][at].run;
    return result;
  }

 private:
  State reach(const Run& run) const {
    State state{run, 0, 0, false};
    if (!columns_.empty()) {
      state.cost = std::numeric_limits<double>::infinity();
      for (std::size_t i = 0; i < columns_.back().size(); ++i)
        if (const double cost = columns_.back()[i].cost + jump(columns_.back()[i].run, run); cost < state.cost) state.cost = cost, state.from = i;
    }
    state.cost += away_cost * std::abs(run.middle() - baseline_);
    return state;
  }

  /// Up to three states, cheapest first.
  static std::vector<std::size_t> cheapest(const std::vector<State>& states) {
    std::vector<std::size_t> order(states.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto middle = order.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(3, order.size()));
    std::partial_sort(order.begin(), middle, order.end(), [&](auto a, auto b) { return states[a].cost < states[b].cost; });
    return {order.begin(), middle};
  }

  double baseline_;
  std::vector<std::vector<State>> columns_;
};

/// A trace that is straight between the middles of columns, moved until a pen along it leaves the ink that is there. The middle of a run
/// is not enough: a column of a steep trace holds halves of two of its lines.
class Fitter {
 public:
  Fitter(const InkMap& ink, int first, const std::vector<Run>& runs) : ink_(ink), first_(first), runs_(runs), pen_(pen_width(runs)) {
    for (const auto& run : runs) y_.push_back(run.middle());
    for (std::size_t i = 0; i < y_.size(); ++i) {
      if (!steep(i)) continue;
      const auto beside = [&](auto beats) { return (i == 0 || beats(runs[i - 1])) && (i + 1 == runs.size() || beats(runs[i + 1])); };
      const bool peak = beside([&](const Run& other) { return !(other.top <= runs[i].top); });
      const bool trough = beside([&](const Run& other) { return !(other.bottom >= runs[i].bottom); });
      if (peak && !trough) y_[i] = runs[i].top + pen_ / 2;
      if (trough && !peak) y_[i] = runs[i].bottom - pen_ / 2;
    }
  }

  /// y at the middle of each column, px; NaN where there was no run.
  std::vector<double> fit() {
    for (int round = 0; round < 3; ++round)
      for (std::size_t i = 0; i < y_.size(); ++i) {
        if (steep(i)) search(i, 0);
        if (i + 1 < y_.size() && (steep(i) || steep(i + 1)) && !std::isnan(y_[i] + y_[i + 1])) search(i, -1);
      }
    return y_;
  }

 private:
  /// Most of a trace is nearly level, where a run is as high as the pen is wide.
  static double pen_width(const std::vector<Run>& runs) {
    std::vector<double> heights;
    for (const auto& run : runs)
      if (!std::isnan(run.top)) heights.push_back(run.bottom - run.top);
    if (heights.empty()) return 1;
    const auto quarter = heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 4);
    std::nth_element(heights.begin(), quarter, heights.end());
    return *quarter;
  }

  bool steep(std::size_t i) const { return !std::isnan(y_[i]) && runs_[i].bottom - runs_[i].top > 1.3 * pen_; }

  /// Moves column i, and with `pair` -1 the next one as far the other way, to where the ink fits best.
  void search(std::size_t i, double pair) {
    const auto begin = i > 1 ? i - 1 : 0, end = std::min(y_.size(), i + (pair != 0 ? 3 : 2));
    double top = 1e9, bottom = -1e9;
    for (auto j = begin; j < end; ++j)
      if (!std::isnan(y_[j])) top = std::min(top, runs_[j].top), bottom = std::max(bottom, runs_[j].bottom);
    const auto cost = [&] { return misfit(begin, end, static_cast<int>(top - pen_), static_cast<int>(bottom + pen_) + 1); };
    double best = cost();
    if (best < good_enough) return;
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
      const double dx = px - x, dy = py - y, along = std::clamp((dx + dy * rise) * inverse, 0.0, 1.0);
      return (dx - along) * (dx - along) + (dy - along * rise) * (dy - along * rise);
    }
  };

  /// The lines that start in the columns from `begin` to `end`, where both ends are known.
  void lines_between(std::ptrdiff_t begin, std::ptrdiff_t end) {
    lines_.clear();
    for (auto j = std::max<std::ptrdiff_t>(0, begin); j < std::min(end, static_cast<std::ptrdiff_t>(y_.size()) - 1); ++j) {
      const double from = y_[static_cast<std::size_t>(j)], rise = y_[static_cast<std::size_t>(j) + 1] - from;
      if (!std::isnan(rise)) lines_.push_back({static_cast<double>(j), from, rise, 1 / (1 + rise * rise)});
    }
  }

  /// Squared difference between the ink and that of a pen along y, over the columns from begin to end and the rows from top to bottom.
  double misfit(std::size_t begin, std::size_t end, int top, int bottom) {
    const double outer = pen_ / 2 + 0.5;
    const auto reach = static_cast<std::ptrdiff_t>(std::ceil(outer));
    double sum = 0;
    lines_between(static_cast<std::ptrdiff_t>(begin) - reach, static_cast<std::ptrdiff_t>(end) + reach - 1);
    for (auto column = begin; column < end; ++column)
      for (int row = top; row <= bottom; ++row) {
        double nearest = outer * outer;
        for (const auto& line : lines_) nearest = std::min(nearest, line.square_distance(static_cast<double>(column), row));
        const double differs = std::min(1.0, outer - std::sqrt(nearest)) - ink_.at(first_ + static_cast<int>(column), row);
        sum += differs * differs;
      }
    return sum;
  }

  const InkMap& ink_;
  int first_;
  const std::vector<Run>& runs_;
  double pen_;
  std::vector<double> y_;
  std::vector<Line> lines_;  ///< scratch
};

ReadLead read_lead(const InkMap& ink, const LeadBox& box, const PageConfig& config) {
  const double scale = resolution(config), px_per_mv = box.sign * config.mm_per_mv * scale;
  const double reach = reach_mv * config.mm_per_mv * scale;
  const int first = static_cast<int>(std::ceil(box.x)), end = static_cast<int>(std::ceil(box.x + box.width));
  Tracker tracker(box.baseline_y);
  for (int x = first; x < end; ++x)
    tracker.add(column_runs(ink, x, static_cast<int>(box.baseline_y - reach), static_cast<int>(box.baseline_y + reach)));
  ReadLead result{box.lead, box.start_s + (first - box.x) / (config.mm_per_s * scale), config.mm_per_s * scale, {}};
  const auto path = tracker.path();
  for (const double y : Fitter(ink, first, path).fit()) result.mv.push_back((box.baseline_y - y) / px_per_mv);
  return result;
}

/// Of what was read at `seconds`, linear between columns; NaN beside what was not read.
double value_at(const ReadLead& read, double seconds) {
  const double column = (seconds - read.start_s) * read.columns_per_s;
  const double near = std::clamp(column, 0.0, static_cast<double>(read.mv.size()) - 1);
  const auto left = static_cast<std::size_t>(near);
  const double part = near - static_cast<double>(left);
  return part == 0 ? read.mv[left] : read.mv[left] * (1 - part) + read.mv[left + 1] * part;
}

}  // namespace

std::vector<ReadLead> digitize(const Image& image, const PageConfig& config) {
  const InkMap ink(image, config);
  std::vector<ReadLead> result;
  for (const auto& box : layout_leads(config)) result.push_back(read_lead(ink, box, config));
  return result;
}

double signal_to_noise(const wfdb::Record& record, const std::vector<ReadLead>& read) {
  double signal = 0, noise = 0;
  for (const auto& lead : read) {
    const auto found = std::find_if(record.leads.begin(), record.leads.end(), [&](const auto& candidate) { return candidate.name == lead.lead; });
    if (found == record.leads.end() || lead.mv.empty()) continue;
    const double end_s = lead.start_s + static_cast<double>(lead.mv.size()) / lead.columns_per_s;
    const auto begin = static_cast<std::size_t>(std::ceil(lead.start_s * record.sampling_rate));
    const auto end = std::min(found->samples.size(), static_cast<std::size_t>(std::floor(end_s * record.sampling_rate)));
    double sum = 0;
    std::size_t count = 0;
    for (auto i = begin; i < end; ++i)
      if (!std::isnan(found->samples[i])) sum += found->samples[i], ++count;
    const double mean = count > 0 ? sum / static_cast<double>(count) : 0;
    for (auto i = begin; i < end; ++i) {
      const double value = found->samples[i], back = value_at(lead, static_cast<double>(i) / record.sampling_rate);
      if (std::isnan(value)) continue;
      signal += (value - mean) * (value - mean);
      noise += std::pow(value - (std::isnan(back) ? mean : back), 2);
    }
  }
  return signal > 0 ? 10 * std::log10(signal / noise) : missing;
}

}  // namespace ecg_lora::render
