#include "ecg_lora/page/digitize/digitize.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "ecg_lora/page/render/layout.h"
#include "trace_fit.h"

namespace ecg_lora::page {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr double kReachMv = 4;  ///< ink farther from the baseline than this is another lead's
// In pixels of a jump between columns:
constexpr double kLiftedCost = 5;    ///< of a column without ink
constexpr double kAwayCost = 0.004;  ///< of a pixel between ink and baseline

/// Where the pen may be in a column: on a run, or lifted after the run it was on last.
struct State {
  InkRun run;
  double cost = 0;
  std::size_t from = 0;  ///< state of the column before
  bool lifted = false;
};

double jump(const InkRun& a, const InkRun& b) {
  return std::max({0.0, a.top - b.bottom, b.top - a.bottom});
}

/// The runs that one pen left from the first column to the last: the path with the least jumps,
/// near the baseline if in doubt.
class Tracker {
 public:
  explicit Tracker(double baseline) : baseline_(baseline) {}

  void add(const std::vector<InkRun>& runs) {
    std::vector<State> states;
    for (const auto& run : runs) states.push_back(reach(run));
    if (!columns_.empty())
      for (const auto best : cheapest(columns_.back()))
        states.push_back(
            {columns_.back()[best].run, columns_.back()[best].cost + kLiftedCost, best, true});
    if (states.empty()) states.push_back({{baseline_, baseline_}, 0, 0, true});
    columns_.push_back(std::move(states));
  }

  /// The run of each column; NaN if the pen was lifted.
  std::vector<InkRun> path() const {
    std::vector<InkRun> result(columns_.size(), InkRun{kMissing, kMissing});
    std::size_t at = columns_.empty() ? 0 : cheapest(columns_.back()).front();
    for (std::size_t i = columns_.size(); i-- > 0; at = columns_[i].at(at).from)
      if (!columns_[i].at(at).lifted) result[i] = columns_[i][at].run;
    return result;
  }

 private:
  State reach(const InkRun& run) const {
    State state{run, 0, 0, false};
    if (!columns_.empty()) {
      state.cost = std::numeric_limits<double>::infinity();
      for (std::size_t i = 0; i < columns_.back().size(); ++i)
        if (const double cost = columns_.back()[i].cost + jump(columns_.back()[i].run, run);
            cost < state.cost)
          state.cost = cost, state.from = i;
    }
    state.cost += kAwayCost * std::abs(run.middle() - baseline_);
    return state;
  }

  /// Up to three states, cheapest first.
  static std::vector<std::size_t> cheapest(const std::vector<State>& states) {
    std::vector<std::size_t> order(states.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto middle =
        order.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(3, order.size()));
    std::partial_sort(order.begin(), middle, order.end(),
                      [&](auto a, auto b) { return states[a].cost < states[b].cost; });
    return {order.begin(), middle};
  }

  double baseline_;
  std::vector<std::vector<State>> columns_;
};

/// Cuts off what cannot be the lead's own where a wave of another one runs into it. Straight lines
/// leave a column half way to the next value, so that a run ends no farther beyond its neighbour's
/// end than that neighbour is high.
std::vector<InkRun> own_parts(const std::vector<InkRun>& runs) {
  constexpr double margin = 3;  // px
  auto own = runs;
  for (std::size_t i = 0; i < runs.size(); ++i)
    for (const auto j : {i - 1, i + 1}) {
      if (j >= runs.size() || !(runs[j].bottom >= runs[j].top) || !(runs[i].bottom >= runs[i].top))
        continue;  // NaN
      const double high = runs[j].bottom - runs[j].top + margin;
      const double top = std::max(own[i].top, runs[j].top - high),
                   bottom = std::min(own[i].bottom, runs[j].bottom + high);
      if (top < bottom) own[i] = {top, bottom};
    }
  return own;
}

ReadLead read_lead(const InkMap& ink, const LeadBox& box, const PageConfig& config) {
  const double scale = resolution(config), columns_per_s = config.mm_per_s * scale,
               px_per_mv = box.sign * config.mm_per_mv * scale;
  const double reach = kReachMv * config.mm_per_mv * scale;
  const int first = static_cast<int>(std::ceil(box.x)),
            end = static_cast<int>(std::ceil(box.x + box.width));
  const std::size_t seen =
      box.start_s > 0 ? 1 : 0;  // the first column holds the end of the lead to the left, too
  Tracker tracker(box.baseline_y);
  for (int x = first + static_cast<int>(seen); x < end; ++x)
    tracker.add(column_runs(ink, x, static_cast<int>(box.baseline_y - reach),
                            static_cast<int>(box.baseline_y + reach)));
  auto runs = own_parts(tracker.path());
  runs.insert(runs.begin(), seen, runs.front());
  ReadLead result{box.lead, box.start_s + (first - box.x) / columns_per_s, columns_per_s, {}};
  for (const double y : fit_trace(ink, first, runs, seen))
    result.mv.push_back((box.baseline_y - y) / px_per_mv);
  return result;
}

/// Of what was read at `seconds`: a smooth curve (Catmull-Rom) through the columns, as a recording
/// is smooth between them; straight next to the ends and gaps. NaN in gaps.
double value_at(const ReadLead& read, double seconds) {
  const auto& mv = read.mv;
  const double column = std::clamp((seconds - read.start_s) * read.columns_per_s, 0.0,
                                   static_cast<double>(mv.size()) - 1);
  const auto i = static_cast<std::size_t>(column);
  const double u = column - static_cast<double>(i);
  if (u == 0) return mv[i];
  const double straight = mv[i] * (1 - u) + mv[i + 1] * u;
  if (i == 0 || i + 2 >= mv.size() || std::isnan(mv[i - 1] + mv[i + 2])) return straight;
  const double rise = mv[i + 1] - mv[i], before = (mv[i + 1] - mv[i - 1]) / 2 - rise,
               after = (mv[i + 2] - mv[i]) / 2 - rise;
  return straight + u * (1 - u) * (before * (1 - u) - after * u);
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
    const auto found =
        std::find_if(record.leads.begin(), record.leads.end(),
                     [&](const auto& candidate) { return candidate.name == lead.lead; });
    if (found == record.leads.end() || lead.mv.empty()) continue;
    const double end_s = lead.start_s + static_cast<double>(lead.mv.size()) / lead.columns_per_s;
    const auto begin = static_cast<std::size_t>(std::ceil(lead.start_s * record.sampling_rate));
    const auto end = std::min(found->samples.size(),
                              static_cast<std::size_t>(std::floor(end_s * record.sampling_rate)));
    double sum = 0;
    std::size_t count = 0;
    for (auto i = begin; i < end; ++i)
      if (!std::isnan(found->samples[i])) sum += found->samples[i], ++count;
    const double mean = count > 0 ? sum / static_cast<double>(count) : 0;
    for (auto i = begin; i < end; ++i) {
      const double value = found->samples[i],
                   back = value_at(lead, static_cast<double>(i) / record.sampling_rate);
      if (std::isnan(value)) continue;
      signal += (value - mean) * (value - mean);
      noise += std::pow(value - (std::isnan(back) ? mean : back), 2);
    }
  }
  return signal > 0 ? 10 * std::log10(signal / noise) : kMissing;
}

}  // namespace ecg_lora::page
