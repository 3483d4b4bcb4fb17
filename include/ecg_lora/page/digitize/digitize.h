// Pages read back: is the ink where the ground truth says, and how much of a recording survives on
// paper?
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/page/render/page.h"

namespace ecg_lora::page {

/// How far the ink lies from the ground truth, px across the trace.
struct InkDistance {
  std::size_t compared = 0;  ///< places along the traces, at least half a pixel apart
  std::size_t crowded =
      0;  ///< left out: ink of another lead or of a label is too near to tell apart
  std::size_t within_half = 0;  ///< of those compared: closer than half a pixel
  double mean = 0, worst = 0;
};

/// Finds the ink on both sides of each place of the ground truth, across the trace. For pages as
/// drawn: black ink. Usage error for a page of another size than `config` draws.
InkDistance measure_ink(const Page& page, const PageConfig& config);

/// A lead as read from paper: one value per column of pixels.
struct ReadLead {
  std::string lead;
  double start_s = 0, columns_per_s = 0;  ///< of the first column, in the recording
  std::vector<double> mv;                 ///< NaN if no ink was found
};

/// Reads a page of which nothing but the config is known: follows the ink of each lead from column
/// to column. One entry per box of the layout, in its order. Usage error for an image of another
/// size than `config` draws.
std::vector<ReadLead> digitize(const Image& image, const PageConfig& config);

/// 10 log10(power of the recording about its mean / power of the error), over all that was read,
/// dB. What was not read counts as its lead's mean. NaN if the recording is flat or has none of
/// the leads.
double signal_to_noise(const wfdb::Record& record, const std::vector<ReadLead>& read);

}  // namespace ecg_lora::page
