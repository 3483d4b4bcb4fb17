// Curves over steps as inline SVG; colours come from the page's style.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/metrics/labels/curves.h"

namespace ecg_lora::report {

struct Curve {
  metrics::Points points;
  std::string style = "a";  ///< CSS class of the line: a, b, or raw (faint)
  bool dots = false;        ///< a dot at each point
};

struct CurvePlot {
  std::string x_title, description;  ///< description: for readers who do not see it
  std::vector<Curve> curves;
  bool from_zero = false;    ///< the axis begins at 0
  bool logarithmic = false;  ///< powers of ten; points at or below 0 are left out
};

/// Empty where no curve has a point.
std::string curve_plot(const CurvePlot& plot);

/// Step between ticks, 1, 2 or 5 times a power of ten, so that `range` has about `count` of them.
double tick_step(double range, int count);

/// Running median over about `window` neighbours.
metrics::Points smoothed(const metrics::Points& points, std::size_t window);

}  // namespace ecg_lora::report
