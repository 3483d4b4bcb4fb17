// ECG pages: recordings drawn as a clinic prints them.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "ecg_lora/wfdb/record.h"

namespace ecg_lora::render {

/// Pixels, row by row, RGB interleaved.
struct Image {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;  ///< [height, width, 3]
};

/// How a page is drawn.
struct PageConfig {
  double px_per_mm = 4;      ///< px/mm; 4 px/mm at 25 mm/s is one column a sample at 100 Hz
  double mm_per_s = 25;      ///< paper speed
  double mm_per_mv = 10;     ///< gain
  std::string rhythm_lead = "II";  ///< lead of the 10 s strip; empty for none
  bool calibration = true;   ///< 1 mV pulse, 0.2 s wide, at the start of each row
  bool header = false;       ///< print name, rate, speed and gain at the top
  template <class V>
  void visit(V& v) {
    v.field("px_per_mm", px_per_mm, "resolution, px/mm").range(1, 40);
    v.field("mm_per_s", mm_per_s, "paper speed, mm/s").one_of({25, 50});
    v.field("mm_per_mv", mm_per_mv, "gain, mm/mV").one_of({5, 10, 20});
    v.field("rhythm_lead", rhythm_lead, "lead of the 10 s rhythm strip; empty for none");
    v.field("calibration", calibration, "draw a 1 mV pulse at the start of each row");
    v.field("header", header, "print a header line");
  }
};

/// A place on a page, px; pixel centres lie at whole numbers, as OpenCV has it.
struct Point {
  float x = 0, y = 0;
};

/// Where a lead stands on the page. The rectangle is that of the page as drawn; `corners` moves with whatever happens to the paper later.
struct LeadBox {
  std::string lead;
  double x = 0, y = 0, width = 0, height = 0;  ///< px; the band the trace is drawn in
  double baseline_y = 0;                       ///< px; 0 mV
  double start_s = 0, duration_s = 0;          ///< window of the recording, s
  std::array<Point, 4> corners{};              ///< clockwise from the top left
};

/// Where the samples of a lead were drawn.
struct Trace {
  std::string lead;
  std::size_t first_sample = 0;  ///< of the recording
  std::vector<Point> points;     ///< one a sample, from first_sample on; NaN where the sample is invalid
};

struct Page {
  Image image;
  double px_per_mm = 0;
  std::vector<LeadBox> boxes;
  std::vector<Trace> traces;  ///< one a box, of the leads that the recording has
};

/// Draws the 3x4 page with rhythm strip; 1120 x 864 px at 4 px/mm. Missing leads and NaN samples leave gaps.
/// `header` is the text of the header line where the config asks for one. Thread-safe and deterministic.
Page draw_page(const wfdb::Record& record, const PageConfig& config, const std::string& header = "");

/// PNG (or any format OpenCV reads) as RGB; data error for a damaged or missing file.
Image read_image(const std::filesystem::path& path);
/// PNG bytes, as few as zlib makes of them: for pages that carry their pictures.
std::string encode_png(const Image& image);
/// Written whole or not at all.
void write_png(const std::filesystem::path& path, const Image& image);

}  // namespace ecg_lora::render
