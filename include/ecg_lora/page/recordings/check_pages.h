// How well pages can be read back, and how long they take to draw.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ecg_lora/page/digitize/digitize.h"
#include "ecg_lora/page/recordings/draw_recording.h"

namespace ecg_lora::page {

/// Of one page, read back.
struct PageFidelity {
  std::string name;
  InkDistance ink;
  double snr = 0;  ///< signal to noise, dB; NaN for a page without a trace
};

/// Of many pages, read back.
struct FidelityStatistics {
  InkDistance ink;          ///< of all pages; `mean` weighs places alike
  std::size_t pages = 0;    ///< with a trace; the rest is about these
  std::size_t reached = 0;  ///< of them, with signal to noise of 20 dB and above
  double lowest = 0, of_95_percent = 0, median = 0;  ///< signal to noise, dB
  std::string lowest_name;
};

/// Without pages, or without a trace on any, all are 0.
FidelityStatistics fidelity_statistics(std::vector<PageFidelity> pages);
/// Two lines for people.
std::string to_text(const FidelityStatistics& statistics);

/// Draws and reads back, in `workers` threads (0: one per core). Shows progress. Usage error unless
/// the paper is clean.
std::vector<PageFidelity> check_pages(const std::vector<Recording>& recordings,
                                      const PageStyle& style, int workers);

/// How long pages take.
struct PageTimes {
  std::size_t pages = 0, bytes = 0;                 ///< bytes of all PNGs
  int width = 0, height = 0;                        ///< px
  double read_ms = 0, draw_ms = 0, png_ms = 0;      ///< CPU time of all pages
  std::vector<std::pair<int, double>> pages_per_s;  ///< by wall clock, for numbers of threads
};

/// Draws all one after another, then with 1, 2, 4, … up to `workers` threads (0: one per core).
/// REQUIRES: at least one recording.
PageTimes time_pages(const std::vector<Recording>& recordings, const PageStyle& style, int workers);
/// A few lines for people.
std::string to_text(const PageTimes& times);

}  // namespace ecg_lora::page
