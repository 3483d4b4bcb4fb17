#include "ecg_lora/page/render/page.h"

#include <cmath>
#include <opencv2/core.hpp>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/page/render/bare_paper.h"
#include "ecg_lora/page/render/layout.h"
#include "ecg_lora/page/render/print_sizes.h"
#include "header_block.h"
#include "ink.h"
#include "pulses.h"

namespace ecg_lora::page {
namespace {

/// The pixels of `image`, shared.
cv::Mat view(Image& image) {
  return {image.height, image.width, CV_8UC3, image.rgb.data()};
}

/// Where the samples of `lead` that `box` shows are drawn.
Trace place_trace(const wfdb::Lead& lead, double sampling_rate, const LeadBox& box,
                  const PageConfig& config) {
  const auto begin = static_cast<std::size_t>(std::llround(box.start_s * sampling_rate));
  const auto count = static_cast<std::size_t>(std::llround(box.duration_s * sampling_rate));
  const auto end =
      std::min(lead.samples.size(), begin + count + 1);  // one more, so that neighbours meet
  const double px_per_s = config.mm_per_s * resolution(config),
               px_per_mv = box.sign * config.mm_per_mv * resolution(config);
  Trace trace{lead.name, 0, begin, {}};
  for (auto i = begin; i < end; ++i) {
    const double x = box.x + (static_cast<double>(i) / sampling_rate - box.start_s) * px_per_s;
    trace.points.push_back(
        {static_cast<float>(x), static_cast<float>(box.baseline_y - lead.samples[i] * px_per_mv)});
  }
  return trace;
}

/// NaN samples leave gaps. Nothing is clipped: a tall trace runs over its neighbours.
void draw_trace(Ink& ink, const Trace& trace) {
  std::vector<Point> points;
  for (const auto& point : trace.points) {
    if (!std::isnan(point.y)) {
      points.push_back(point);
      continue;
    }
    ink.line(points);
    points.clear();
  }
  ink.line(points);
}

/// Above the start of the trace; in twelve rows, which leave no room there, to the left of the
/// pulse.
void draw_label(Ink& ink, const LeadBox& box, const PageConfig& config) {
  const double scale = resolution(config);
  if (config.layout != "12x1") return ink.text(box.label, box.x + 2 * scale, box.y + 3.5 * scale);
  const double right = box.x - (kPulseMm + 2) * scale, wide = text_width(box.label, scale);
  const double size = std::min(1.0, (right - scale) / wide);
  ink.text(box.label, right - wide * size, box.baseline_y + scale, size);
}

/// 1 mV tall and 0.2 s wide.
void draw_pulse(Ink& ink, const CalibrationPulse& pulse, const PageConfig& config) {
  const double scale = resolution(config), wide = 0.2 * config.mm_per_s * scale,
               tall = config.mm_per_mv * scale, foot = wide / 4;
  std::vector<Point> points;
  for (const auto& [x, y] :
       {std::pair{-foot, 0.0}, {0, 0}, {0, tall}, {wide, tall}, {wide, 0}, {wide + foot, 0}})
    points.push_back({static_cast<float>(pulse.x + x), static_cast<float>(pulse.baseline_y - y)});
  ink.line(points);
}

const wfdb::Lead* find_lead(const wfdb::Record& record, const std::string& name) {
  for (const auto& lead : record.leads)
    if (lead.name == name) return &lead;
  return nullptr;
}

void place_traces(Page& page, const wfdb::Record& record, const PageConfig& config) {
  for (std::size_t i = 0; i < page.boxes.size(); ++i) {
    const auto* lead = find_lead(record, page.boxes[i].lead);
    if (lead == nullptr) continue;
    page.traces.push_back(place_trace(*lead, record.sampling_rate, page.boxes[i], config));
    page.traces.back().box = i;
  }
  if (!page.traces.empty() || record.leads.empty()) return;
  throw_data("recording ", record.name, " has leads ", joined(record.leads, &wfdb::Lead::name),
             ", expected at least one of I, II, III, aVR, aVL, aVF, V1 to V6; name the leads so in "
             "its header");
}

std::size_t count_off_page(const Page& page) {
  std::size_t count = 0;
  for (const auto& trace : page.traces)
    for (const auto& p : trace.points)
      if (!std::isnan(p.y) &&
          !(p.x >= -0.5F && p.y >= -0.5F && p.x <= static_cast<float>(page.image.width) - 0.5F &&
            p.y <= static_cast<float>(page.image.height) - 0.5F))
        ++count;
  return count;
}

}  // namespace

Page draw_page(const wfdb::Record& record, const PageConfig& config, const PageHeader& header) {
  Page page;
  page.image = bare_paper(config);
  cv::Mat canvas = view(page.image);
  page.px_per_mm = resolution(config);
  page.mm_per_s = config.mm_per_s;
  page.mm_per_mv = config.mm_per_mv;
  page.sampling_rate = record.sampling_rate;
  page.boxes = layout_leads(config);
  place_traces(page, record, config);
  Ink ink(canvas, page.px_per_mm);
  if (config.header) draw_header(ink, header, config);
  if (config.calibration)
    for (const auto& pulse : layout_pulses(config)) draw_pulse(ink, pulse, config);
  for (const auto& box : page.boxes) draw_label(ink, box, config);
  for (const auto& trace : page.traces) draw_trace(ink, trace);
  ink.dry();
  page.samples_off_page = count_off_page(page);
  return page;
}

}  // namespace ecg_lora::page
