#include "ecg_lora/page/render/layout.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "ecg_lora/base/error.h"
#include "paper_format.h"
#include "pulses.h"

namespace ecg_lora::page {
namespace {

constexpr double kTraceMm = 250, kTallestRowMm = 50;

// The first three have the aspects of 1 x 2, 1 x 2 and 1 x 4 tiles of 560 px at whole numbers of
// pixels a millimetre; 200 dpi is the resolution of ecg-image-kit, which makes a letter page of
// 2200 x 1700 px.
constexpr std::array<PaperFormat, 5> kPapers{{{"model", 280, 216, 4, 16, 16},
                                              {"2:1", 280, 140, 4, 11, 5},
                                              {"4:1", 280, 70, 8, 6, 4},
                                              {"a4", 297, 210, 200 / 25.4, 16, 10},
                                              {"letter", 279.4, 215.9, 200 / 25.4, 16, 15}}};

struct Cell {
  const char* lead;
  bool inverted = false;
};
constexpr std::array<Cell, 6> kStandardLimbs{{{"I"}, {"II"}, {"III"}, {"aVR"}, {"aVL"}, {"aVF"}}};
constexpr std::array<Cell, 6> kCabreraLimbs{
    {{"aVL"}, {"I"}, {"aVR", true}, {"II"}, {"aVF"}, {"III"}}};
constexpr std::array<Cell, 6> kPrecordials{{{"V1"}, {"V2"}, {"V3"}, {"V4"}, {"V5"}, {"V6"}}};

/// What the config comes to on its paper, mm.
struct Sheet {
  int rows, columns;      ///< of the twelve leads
  double left, top, row;  ///< of the first band; height of a band
};

Sheet measure(const PageConfig& config) {
  if (config.rhythm_leads.size() > 3)
    throw_usage("page.rhythm_leads: expected at most three leads, got ", config.rhythm_leads.size(),
                "; leave some out");
  const auto& paper = paper_format(config);
  Sheet sheet{};
  sheet.columns = config.layout == "12x1" ? 1 : config.layout == "6x2" ? 2 : 4;
  sheet.rows = 12 / sheet.columns;
  const auto bands =
      static_cast<double>(sheet.rows) + static_cast<double>(config.rhythm_leads.size());
  const double height = paper.height_mm - paper.top_mm - paper.bottom_mm;
  sheet.row = std::min(kTallestRowMm, std::floor(height / bands));
  sheet.top = paper.top_mm + std::floor((height - sheet.row * bands) / 2);
  sheet.left = std::round((20 + (paper.width_mm - 280) / 2) / 5) * 5;  // on a heavy line
  return sheet;
}

LeadBox place(const PageConfig& config, const Sheet& sheet, const Cell& cell, int row,
              double column_mm, double width_mm) {
  const double scale = resolution(config);
  LeadBox box;
  box.lead = cell.lead;
  box.label = (cell.inverted ? "-" : "") + box.lead;
  box.sign = cell.inverted ? -1 : 1;
  box.x = (sheet.left + column_mm) * scale;
  box.y = (sheet.top + row * sheet.row) * scale;
  box.width = width_mm * scale;
  box.height = sheet.row * scale;
  box.baseline_y = box.y + box.height / 2;
  box.start_s = column_mm / config.mm_per_s;
  box.duration_s = width_mm / config.mm_per_s;
  const auto left = static_cast<float>(box.x), top = static_cast<float>(box.y);
  const auto right = static_cast<float>(box.x + box.width),
             bottom = static_cast<float>(box.y + box.height);
  box.corners = {{{left, top}, {right, top}, {right, bottom}, {left, bottom}}};
  return box;
}

}  // namespace

const PaperFormat& paper_format(const PageConfig& config) {
  for (const auto& paper : kPapers)
    if (config.paper == paper.name) return paper;
  throw_usage("page.paper: expected model, 2:1, 4:1, a4 or letter, got '", config.paper, "'");
}

double resolution(const PageConfig& config) {
  if (config.px_per_mm == 0) return paper_format(config).px_per_mm;
  if (!(config.px_per_mm >= 1 && config.px_per_mm <= 40))
    throw_usage("page.px_per_mm: expected 0 for the paper's own, or from 1 to 40, got ",
                config.px_per_mm);
  return config.px_per_mm;
}

std::vector<LeadBox> layout_leads(const PageConfig& config) {
  const auto sheet = measure(config);
  const double column_mm = kTraceMm / sheet.columns;
  const auto& limbs = config.order == "cabrera" ? kCabreraLimbs : kStandardLimbs;
  std::vector<LeadBox> boxes;
  for (int row = 0; row < sheet.rows; ++row)
    for (int column = 0; column < sheet.columns; ++column) {
      const auto place_in_order = static_cast<std::size_t>(column * sheet.rows + row);
      const auto& cell =
          place_in_order < 6 ? limbs[place_in_order] : kPrecordials[place_in_order - 6];
      boxes.push_back(place(config, sheet, cell, row, column * column_mm, column_mm));
    }
  for (std::size_t strip = 0; strip < config.rhythm_leads.size(); ++strip)
    boxes.push_back(place(config, sheet, {config.rhythm_leads[strip].c_str()},
                          sheet.rows + static_cast<int>(strip), 0, kTraceMm));
  return boxes;
}

std::vector<CalibrationPulse> layout_pulses(const PageConfig& config) {
  const auto sheet = measure(config);
  std::vector<CalibrationPulse> pulses;
  for (int row = 0; row < sheet.rows + static_cast<int>(config.rhythm_leads.size()); ++row)
    pulses.push_back({(sheet.left - kPulseMm) * resolution(config),
                      (sheet.top + (row + 0.5) * sheet.row) * resolution(config)});
  return pulses;
}

}  // namespace ecg_lora::page
