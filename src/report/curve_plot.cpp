#include "curve_plot.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "ecg_lora/base/error.h"
#include "format.h"
#include "html.h"

namespace ecg_lora::report {
namespace {

constexpr double kWidth = 420, kHeight = 190, kLeft = 52, kRight = 10, kTop = 8, kBottom = 34;
constexpr std::size_t kMaxPoints = 700;  ///< of a line: more cannot be distinguished

struct Axis {
  double low = 0, high = 1;
  double share(double v) const { return (v - low) / (high - low); }
};

std::string short_number(double v) {
  char text[32];
  const double size = std::abs(v);
  if (size >= 1e6)
    std::snprintf(text, sizeof text, "%.3gM", v / 1e6);
  else if (size >= 1e4)
    std::snprintf(text, sizeof text, "%.3gk", v / 1e3);
  else
    std::snprintf(text, sizeof text, size > 0 && size < 1e-3 ? "%.0e" : "%.4g", v);
  return text;
}

std::string number(double v) {
  return fixed(v, 1);
}

/// Bounds that hold all values, widened where they are one.
Axis axis_of(const std::vector<Curve>& curves, bool y, bool from_zero) {
  Axis axis{INFINITY, -INFINITY};
  for (const auto& curve : curves)
    for (const auto& point : curve.points) {
      axis.low = std::min(axis.low, y ? point.second : point.first);
      axis.high = std::max(axis.high, y ? point.second : point.first);
    }
  if (from_zero) axis.low = std::min(0.0, axis.low);
  const double margin = axis.high > axis.low ? (y ? 0.05 * (axis.high - axis.low) : 0)
                                             : std::max(0.5, std::abs(axis.high) / 10);
  if (!from_zero) axis.low -= margin;
  axis.high += margin;
  return axis;
}

class Frame {
 public:
  Frame(Axis x, Axis y, bool logarithmic) : x_(x), y_(y), logarithmic_(logarithmic) {}
  double x(double v) const { return kLeft + (kWidth - kLeft - kRight) * x_.share(v); }
  double y(double v) const { return kTop + (kHeight - kTop - kBottom) * (1 - y_.share(v)); }

  std::string grid(const std::string& x_title) const {
    std::string svg;
    const double x_step = std::max(1.0, tick_step(x_.high - x_.low, 5)),
                 y_step = logarithmic_ ? std::max(1.0, tick_step(y_.high - y_.low, 4))
                                       : tick_step(y_.high - y_.low, 4);
    for (double v = std::ceil(x_.low / x_step) * x_step; v <= x_.high + 1e-9; v += x_step)
      svg += tick(x(v), y(y_.low), x(v), y(y_.high), x(v), kHeight - kBottom + 15, "middle",
                  short_number(v));
    for (double v = std::ceil(y_.low / y_step) * y_step; v <= y_.high + 1e-12; v += y_step)
      svg += tick(x(x_.low), y(v), x(x_.high), y(v), kLeft - 6, y(v) + 4, "end",
                  short_number(logarithmic_          ? std::pow(10, v)
                               : std::abs(v) < 1e-12 ? 0
                                                     : v));
    return svg + cat("<text x=\"", number((kLeft + kWidth - kRight) / 2), "\" y=\"",
                     number(kHeight - 3), "\" text-anchor=\"middle\">", escape(x_title), "</text>");
  }

 private:
  static std::string tick(double x1, double y1, double x2, double y2, double at_x, double at_y,
                          const char* anchor, const std::string& text) {
    return cat("<line class=\"grid\" x1=\"", number(x1), "\" y1=\"", number(y1), "\" x2=\"",
               number(x2), "\" y2=\"", number(y2), "\"/><text x=\"", number(at_x), "\" y=\"",
               number(at_y), "\" text-anchor=\"", anchor, "\">", text, "</text>");
  }

  Axis x_, y_;
  bool logarithmic_;
};

std::string draw(const Curve& curve, const Frame& frame) {
  std::string path, dots;
  for (const auto& [x, y] : metrics::thinned(curve.points, kMaxPoints)) {
    path += cat(path.empty() ? "M" : "L", number(frame.x(x)), " ", number(frame.y(y)));
    if (curve.dots)
      dots += cat("<circle class=\"", curve.style == "b" ? "dot-b" : "dot", "\" r=\"3\" cx=\"",
                  number(frame.x(x)), "\" cy=\"", number(frame.y(y)), "\"/>");
  }
  return cat("<path class=\"", curve.style, "\" d=\"", path, "\"/>", dots);
}

}  // namespace

double tick_step(double range, int count) {
  const double rough = range / count, power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= rough * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

metrics::Points smoothed(const metrics::Points& points, std::size_t window) {
  metrics::Points result;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto half = std::min({window / 2, i, points.size() - 1 - i});
    std::vector<double> values;
    for (auto k = i - half; k <= i + half; ++k) values.push_back(points[k].second);
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(half),
                     values.end());
    result.emplace_back(points[i].first, values[half]);
  }
  return result;
}

std::string curve_plot(const CurvePlot& plot) {
  auto curves = plot.curves;
  if (plot.logarithmic)
    for (auto& curve : curves) {
      std::erase_if(curve.points, [](const auto& point) { return !(point.second > 0); });
      for (auto& point : curve.points) point.second = std::log10(point.second);
    }
  std::erase_if(curves, [](const Curve& curve) { return curve.points.empty(); });
  if (curves.empty()) return "";
  const Frame frame(axis_of(curves, false, false),
                    axis_of(curves, true, plot.from_zero && !plot.logarithmic), plot.logarithmic);
  auto svg = cat("<svg viewBox=\"0 0 ", number(kWidth), " ", number(kHeight),
                 "\" role=\"img\" aria-label=\"", escape(plot.description), "\">",
                 frame.grid(plot.x_title));
  for (const auto& curve : curves) svg += draw(curve, frame);
  return svg + "</svg>";
}

}  // namespace ecg_lora::report
