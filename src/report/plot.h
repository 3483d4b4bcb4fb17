// Plots as inline SVG; colours come from the page's style.
#pragma once

#include <optional>
#include <string>

#include "ecg_lora/metrics/labels/calibration.h"
#include "ecg_lora/metrics/labels/curves.h"
#include "ecg_lora/metrics/statistics/estimates.h"

namespace ecg_lora::report {

/// A plot over the unit square.
struct SquarePlot {
  std::string x_title, y_title, description;  ///< description: for readers who do not see it
  metrics::Points line = {};
  bool diagonal = false;
  std::optional<double> level = {};                     ///< a dashed horizontal line
  std::optional<std::pair<double, double>> point = {};  ///< a ring, the operating point
};
std::string square_plot(const SquarePlot& plot);

/// Share of positives over mean probability with Wilson's intervals, and the counts as bars at the
/// bottom.
std::string reliability_plot(const std::vector<metrics::ReliabilityBin>& bins,
                             const std::string& description);

/// An interval as a bar with a dot, over [low, high]; `mark` is a dashed vertical line. Empty where
/// nothing is defined.
std::string interval_bar(std::optional<double> value, std::optional<double> from,
                         std::optional<double> to, double low, double high, double mark);

/// Who is called what, in percent; a cell says on hovering of how many.
std::string heat_table(const metrics::Cooccurrence& cooccurrence);

}  // namespace ecg_lora::report
