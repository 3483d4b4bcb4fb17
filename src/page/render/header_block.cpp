#include "header_block.h"

#include <algorithm>
#include <cmath>

#include "ecg_lora/base/error.h"
#include "ecg_lora/page/render/layout.h"
#include "ecg_lora/page/render/print_sizes.h"
#include "paper_format.h"

namespace ecg_lora::page {
namespace {

using Column = std::vector<std::string>;

constexpr double kLineMm = 4.2, kFirstLineMm = 4.6, kLeftMm = 10, kRightMm = 5, kGapMm = 8,
                 kSettingsMm = 6;

std::string rounded(const std::optional<double>& value) {
  return value ? cat(std::llround(*value)) : "--";
}

void add(Column& column, const std::string& name, const std::optional<double>& value,
         const char* unit) {
  if (value) column.push_back(cat(name, ' ', std::llround(*value), ' ', unit));
}

std::string age_and_sex(const PageHeader& header) {
  std::string text;
  if (header.age) text = *header.age > 89 ? "> 89 y" : cat(std::llround(*header.age), " y");
  if (!header.sex.empty()) text += (text.empty() ? "" : "   ") + header.sex;
  return text;
}

Column identity(const PageHeader& header) {
  Column lines{header.name, header.id.empty() ? "" : "ID " + header.id, age_and_sex(header),
               header.recorded};
  std::erase(lines, "");
  return lines;
}

Column measurements(const PageHeader& header) {
  Column lines;
  add(lines, "Rate", header.heart_rate, "bpm");
  add(lines, "PR", header.pr_ms, "ms");
  add(lines, "QRS", header.qrs_ms, "ms");
  if (header.qt_ms && header.qtc_ms)
    lines.push_back(cat("QT/QTc ", rounded(header.qt_ms), "/", rounded(header.qtc_ms), " ms"));
  else
    add(lines, "QT", header.qt_ms, "ms"), add(lines, "QTc", header.qtc_ms, "ms");
  if (header.p_axis || header.qrs_axis || header.t_axis)
    lines.push_back(cat("P-QRS-T axes ", rounded(header.p_axis), " ", rounded(header.qrs_axis), " ",
                        rounded(header.t_axis)));
  return lines;
}

std::string settings(const PageHeader& header, const PageConfig& config) {
  return cat(config.mm_per_s, " mm/s   ", config.mm_per_mv, " mm/mV",
             header.filter.empty() ? "" : "   " + header.filter);
}

/// `lines` as columns of at most `rows` lines.
void flow(const Column& lines, std::size_t rows, std::vector<Column>& columns) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i % rows == 0) columns.emplace_back();
    columns.back().push_back(lines[i]);
  }
}

double width_of(const Column& column, double px_per_mm, double size) {
  double width = 0;
  for (const auto& line : column) width = std::max(width, text_width(line, px_per_mm, size));
  return width;
}

}  // namespace

void draw_header(Ink& ink, const PageHeader& header, const PageConfig& config) {
  const auto& paper = paper_format(config);
  const double scale = resolution(config);
  const bool below = paper.bottom_mm >= kSettingsMm;
  std::vector<Column> columns;
  const auto rows =
      static_cast<std::size_t>(std::max(1.0, std::floor((paper.top_mm - 1.5) / kLineMm)));
  flow(identity(header), rows, columns);
  flow(measurements(header), rows, columns);
  if (!below) columns.push_back({settings(header, config)});
  const double room = (paper.width_mm - kLeftMm - kRightMm) * scale, gap = kGapMm * scale;
  const auto wide = [&](double size) {
    double sum = -gap * size;
    for (const auto& column : columns) sum += width_of(column, scale, size) + gap * size;
    return sum;
  };
  double size = 1;
  while (size > 0.01 && wide(size) > room) size *= 0.97;
  double x = kLeftMm * scale;
  for (const auto& column : columns) {
    for (std::size_t i = 0; i < column.size(); ++i)
      ink.text(column[i], x, (kFirstLineMm + kLineMm * static_cast<double>(i)) * scale, size);
    x += width_of(column, scale, size) + gap * size;
  }
  if (below) ink.text(settings(header, config), kLeftMm * scale, (paper.height_mm - 4) * scale);
}

}  // namespace ecg_lora::page
