#include "ecg_lora/render/page.h"

#include <cmath>
#include <map>
#include <mutex>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <sstream>

#include "layout.h"

namespace ecg_lora::render {
namespace {

const cv::Scalar paper(255, 255, 255), light(254, 223, 219), heavy(245, 160, 150), ink(0, 0, 0);  // RGB
constexpr int shift = 8;  ///< fractional bits of OpenCV's sub-pixel coordinates

cv::Point fixed(double x, double y) {
  return {cvRound(std::ldexp(x, shift)), cvRound(std::ldexp(y, shift))};
}

/// Light lines a millimetre, heavy lines every five, one pixel wide on whole pixels.
cv::Mat draw_grid(double px_per_mm) {
  const PaperSize size;
  cv::Mat page(cvRound(size.height_mm * px_per_mm), cvRound(size.width_mm * px_per_mm), CV_8UC3, paper);
  for (const bool five : {false, true}) {
    const auto& colour = five ? heavy : light;
    for (int mm = 0; mm < static_cast<int>(size.width_mm); mm += five ? 5 : 1)
      page.col(cvFloor(mm * px_per_mm)).setTo(colour);
    for (int mm = 0; mm < static_cast<int>(size.height_mm); mm += five ? 5 : 1)
      page.row(cvFloor(mm * px_per_mm)).setTo(colour);
  }
  return page;
}

/// The grid depends on the resolution alone and is drawn once for each.
cv::Mat grid_copy(double px_per_mm) {
  static std::mutex mutex;
  static std::map<double, cv::Mat> cache;
  const std::lock_guard<std::mutex> lock(mutex);
  auto& page = cache[px_per_mm];
  if (page.empty()) page = draw_grid(px_per_mm);
  return page.clone();
}

int stroke(const PageConfig& config) { return std::max(1, cvRound(config.px_per_mm * 0.3)); }

void draw_polyline(cv::Mat& page, const std::vector<cv::Point>& points, int width) {
  if (points.size() > 1) cv::polylines(page, points, false, ink, width, cv::LINE_AA, shift);
}

/// Where the samples of `lead` that `box` shows are drawn.
Trace place_trace(const wfdb::Lead& lead, double sampling_rate, const LeadBox& box, const PageConfig& config) {
  const auto begin = static_cast<std::size_t>(std::llround(box.start_s * sampling_rate));
  const auto count = static_cast<std::size_t>(std::llround(box.duration_s * sampling_rate));
  const auto end = std::min(lead.samples.size(), begin + count + 1);  // one more, so that neighbours meet
  const double px_per_s = config.mm_per_s * config.px_per_mm, px_per_mv = config.mm_per_mv * config.px_per_mm;
  Trace trace{lead.name, begin, {}};
  for (auto i = begin; i < end; ++i) {
    const double x = box.x + (static_cast<double>(i) / sampling_rate - box.start_s) * px_per_s;
    trace.points.push_back({static_cast<float>(x), static_cast<float>(box.baseline_y - lead.samples[i] * px_per_mv)});
  }
  return trace;
}

/// NaN samples leave gaps. Nothing is clipped: a tall trace runs over its neighbours.
void draw_trace(cv::Mat& page, const Trace& trace, const PageConfig& config) {
  std::vector<cv::Point> points;
  for (const auto& point : trace.points) {
    if (!std::isnan(point.y)) {
      points.push_back(fixed(point.x, point.y));
      continue;
    }
    draw_polyline(page, points, stroke(config));
    points.clear();
  }
  draw_polyline(page, points, stroke(config));
}

void draw_label(cv::Mat& page, const std::string& text, double x, double y, const PageConfig& config) {
  const double size = 0.1 * config.px_per_mm;
  cv::putText(page, text, {cvRound(x), cvRound(y)}, cv::FONT_HERSHEY_SIMPLEX, size, ink, stroke(config), cv::LINE_AA);
}

/// 1 mV tall and 0.2 s wide.
void draw_pulse(cv::Mat& page, const Pulse& pulse, const PageConfig& config) {
  const double wide = 0.2 * config.mm_per_s * config.px_per_mm, tall = config.mm_per_mv * config.px_per_mm, foot = wide / 4;
  const double x = pulse.x, y = pulse.baseline_y;
  draw_polyline(page, {fixed(x - foot, y), fixed(x, y), fixed(x, y - tall), fixed(x + wide, y - tall), fixed(x + wide, y), fixed(x + wide + foot, y)},
                stroke(config));
}

const wfdb::Lead* find_lead(const wfdb::Record& record, const std::string& name) {
  for (const auto& lead : record.leads)
    if (lead.name == name) return &lead;
  return nullptr;
}

void draw_header(cv::Mat& page, const std::string& text, const PageConfig& config) {
  std::ostringstream line;
  line << text << (text.empty() ? "" : "   ") << config.mm_per_s << " mm/s   " << config.mm_per_mv << " mm/mV";
  draw_label(page, line.str(), 10 * config.px_per_mm, 8 * config.px_per_mm, config);
}

}  // namespace

Page draw_page(const wfdb::Record& record, const PageConfig& config, const std::string& header) {
  cv::Mat canvas = grid_copy(config.px_per_mm);
  Page page;
  page.px_per_mm = config.px_per_mm;
  page.boxes = layout_3x4(config);
  if (config.header) draw_header(canvas, header, config);
  if (config.calibration)
    for (const auto& pulse : layout_pulses(config)) draw_pulse(canvas, pulse, config);
  for (const auto& box : page.boxes) {
    draw_label(canvas, box.lead, box.x + 2 * config.px_per_mm, box.y + 3.5 * config.px_per_mm, config);
    if (const auto* lead = find_lead(record, box.lead)) page.traces.push_back(place_trace(*lead, record.sampling_rate, box, config));
  }
  for (const auto& trace : page.traces) draw_trace(canvas, trace, config);
  page.image.width = canvas.cols;
  page.image.height = canvas.rows;
  page.image.rgb.assign(canvas.datastart, canvas.dataend);
  return page;
}

}  // namespace ecg_lora::render
