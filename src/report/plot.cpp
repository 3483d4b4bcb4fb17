#include "plot.h"

#include <algorithm>
#include <cmath>

#include "ecg_lora/base/error.h"
#include "format.h"
#include "html.h"

namespace ecg_lora::report {
namespace {

constexpr double kSize = 200, kLeft = 42, kTop = 8, kBottom = 32, kRight = 8;

double x_of(double x) {
  return kLeft + kSize * x;
}
double y_of(double y) {
  return kTop + kSize * (1 - y);
}
std::string at(double v) {
  return fixed(v, 1);
}

std::string line(const char* style, double x1, double y1, double x2, double y2) {
  return cat("<line class=\"", style, "\" x1=\"", at(x1), "\" y1=\"", at(y1), "\" x2=\"", at(x2),
             "\" y2=\"", at(y2), "\"/>");
}

std::string label(double x, double y, const std::string& anchor, const std::string& text,
                  const std::string& more = "") {
  return cat("<text x=\"", at(x), "\" y=\"", at(y), "\" text-anchor=\"", anchor, "\"", more, ">",
             escape(text), "</text>");
}

std::string open_svg(double width, double height, const std::string& description) {
  return cat("<svg viewBox=\"0 0 ", at(width), " ", at(height), "\" role=\"img\" aria-label=\"",
             escape(description), "\">");
}

/// Frame, grid and titles of the unit square.
std::string frame(const std::string& x_title, const std::string& y_title) {
  std::string svg;
  for (const double v : {0.0, 0.25, 0.5, 0.75, 1.0})
    svg += line("grid", x_of(v), y_of(0), x_of(v), y_of(1)) +
           line("grid", x_of(0), y_of(v), x_of(1), y_of(v));
  for (const double v : {0.0, 0.5, 1.0}) {
    const auto text = v == 0.5 ? "0.5" : std::to_string(static_cast<int>(v));
    svg +=
        label(x_of(v), y_of(0) + 14, "middle", text) + label(x_of(0) - 5, y_of(v) + 4, "end", text);
  }
  svg += label(x_of(0.5), y_of(0) + 28, "middle", x_title);
  return svg + label(0, 0, "middle", y_title,
                     cat(" transform=\"translate(11 ", at(y_of(0.5)), ") rotate(-90)\""));
}

std::string path(const metrics::Points& points) {
  std::string d;
  for (const auto& [x, y] : points) d += cat(d.empty() ? "M" : "L", at(x_of(x)), " ", at(y_of(y)));
  return cat("<path class=\"a\" d=\"", d, "\"/>");
}

}  // namespace

std::string square_plot(const SquarePlot& plot) {
  auto svg = open_svg(kLeft + kSize + kRight, kTop + kSize + kBottom, plot.description) +
             frame(plot.x_title, plot.y_title);
  if (plot.diagonal) svg += line("chance", x_of(0), y_of(0), x_of(1), y_of(1));
  if (plot.level) svg += line("chance", x_of(0), y_of(*plot.level), x_of(1), y_of(*plot.level));
  if (!plot.line.empty()) svg += path(plot.line);
  if (plot.point)
    svg += cat("<circle class=\"point\" r=\"4\" cx=\"", at(x_of(plot.point->first)), "\" cy=\"",
               at(y_of(plot.point->second)), "\"/>");
  return svg + "</svg>";
}

std::string reliability_plot(const std::vector<metrics::ReliabilityBin>& bins,
                             const std::string& description) {
  auto svg = open_svg(kLeft + kSize + kRight, kTop + kSize + kBottom, description) +
             frame("mean probability", "share of positives") +
             line("chance", x_of(0), y_of(0), x_of(1), y_of(1));
  std::int64_t most = 1;
  for (const auto& bin : bins) most = std::max(most, bin.count);
  metrics::Points points;
  for (const auto& bin : bins) {
    if (bin.count == 0) continue;
    const double height =
        40 * std::log1p(static_cast<double>(bin.count)) / std::log1p(static_cast<double>(most));
    svg += cat("<rect class=\"count\" x=\"", at(x_of(bin.low) + 1), "\" y=\"", at(y_of(0) - height),
               "\" width=\"", at(kSize * (bin.high - bin.low) - 2), "\" height=\"", at(height),
               "\"><title>", bin.count, " answers, ", bin.positives, " positive</title></rect>");
    svg += line("bar", x_of(bin.mean_probability), y_of(bin.share_low), x_of(bin.mean_probability),
                y_of(bin.share_high));
    points.emplace_back(bin.mean_probability, bin.share);
  }
  if (points.size() > 1) svg += path(points);
  for (const auto& [x, y] : points)
    svg += cat("<circle class=\"dot\" r=\"3\" cx=\"", at(x_of(x)), "\" cy=\"", at(y_of(y)), "\"/>");
  return svg + "</svg>";
}

std::string interval_bar(std::optional<double> value, std::optional<double> from,
                         std::optional<double> to, double low, double high, double mark) {
  if (!value) return "";
  constexpr double width = 180, height = 16, middle = height / 2;
  const auto x = [&](double v) {
    return 4 + (width - 8) * (std::clamp(v, low, high) - low) / (high - low);
  };
  auto svg = open_svg(width, height, fixed(value)) + line("axis", x(low), middle, x(high), middle) +
             line("chance", x(mark), 0, x(mark), height);
  if (from && to)
    svg +=
        cat("<line class=\"bar\" style=\"stroke-width:4;stroke-linecap:round;opacity:.45\" x1=\"",
            at(x(*from)), "\" y1=\"", at(middle), "\" x2=\"", at(x(*to)), "\" y2=\"", at(middle),
            "\"/>");
  return svg + cat("<circle class=\"dot\" r=\"3.5\" cx=\"", at(x(*value)), "\" cy=\"", at(middle),
                   "\"/></svg>");
}

std::string heat_table(const metrics::Cooccurrence& c) {
  std::string html =
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"what labels are "
      "called\"><table class=\"heat\">\n<thead><tr><th scope=\"col\">has \\ called</th>";
  for (const auto& name : c.labels) html += "<th scope=\"col\">" + escape(name) + "</th>";
  html += "</tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < c.labels.size(); ++i) {
    html += "<tr><th scope=\"row\">" + escape(c.labels[i]) + "</th>";
    for (std::size_t j = 0; j < c.labels.size(); ++j) {
      const int of = c.of[i][j], called = c.called[i][j];
      const double share = of > 0 ? static_cast<double>(called) / of : 0;
      const auto title =
          i == j ? cat(called, " of ", of, " records with ", c.labels[i], " are called so")
                 : cat(called, " of ", of, " records with ", c.labels[i], " and without ",
                       c.labels[j], " are called ", c.labels[j]);
      html += cat("<td", i == j ? " class=\"self\"" : "", " title=\"", escape(title),
                  "\" style=\"background:rgba(var(--heat),", fixed(0.6 * share, 2), ")\">",
                  of == 0 ? "–" : fixed(100 * share, 0), "</td>");
    }
    html += "</tr>\n";
  }
  return html + "</tbody>\n</table></div>\n";
}

}  // namespace ecg_lora::report
