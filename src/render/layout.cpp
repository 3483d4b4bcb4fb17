#include "layout.h"

namespace ecg_lora::render {
namespace {

constexpr double left_mm = 20, trace_mm = 250, top_mm = 16, row_mm = 46;
const char* const grid[3][4] = {{"I", "aVR", "V1", "V4"}, {"II", "aVL", "V2", "V5"}, {"III", "aVF", "V3", "V6"}};

LeadBox box(const PageConfig& config, const std::string& lead, double x_mm, double width_mm, int row, double start_s) {
  const double scale = config.px_per_mm;
  LeadBox result;
  result.lead = lead;
  result.x = x_mm * scale;
  result.y = (top_mm + row * row_mm) * scale;
  result.width = width_mm * scale;
  result.height = row_mm * scale;
  result.baseline_y = result.y + result.height / 2;
  result.start_s = start_s;
  result.duration_s = width_mm / config.mm_per_s;
  const auto left = static_cast<float>(result.x), top = static_cast<float>(result.y);
  const auto right = static_cast<float>(result.x + result.width), bottom = static_cast<float>(result.y + result.height);
  result.corners = {{{left, top}, {right, top}, {right, bottom}, {left, bottom}}};
  return result;
}

int row_count(const PageConfig& config) { return config.rhythm_lead.empty() ? 3 : 4; }

}  // namespace

std::vector<LeadBox> layout_3x4(const PageConfig& config) {
  std::vector<LeadBox> boxes;
  const double column_mm = trace_mm / 4;
  for (int row = 0; row < 3; ++row)
    for (int column = 0; column < 4; ++column)
      boxes.push_back(box(config, grid[row][column], left_mm + column * column_mm, column_mm, row, column * column_mm / config.mm_per_s));
  if (!config.rhythm_lead.empty()) boxes.push_back(box(config, config.rhythm_lead, left_mm, trace_mm, 3, 0));
  return boxes;
}

std::vector<Pulse> layout_pulses(const PageConfig& config) {
  std::vector<Pulse> pulses;
  for (int row = 0; row < row_count(config); ++row)
    pulses.push_back({(left_mm - 10) * config.px_per_mm, (top_mm + (row + 0.5) * row_mm) * config.px_per_mm});
  return pulses;
}

}  // namespace ecg_lora::render
