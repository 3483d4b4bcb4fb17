// A recording as a page, on whatever its paper went through.
#pragma once

#include <cstdint>

#include "ecg_lora/page/paper/paper.h"
#include "ecg_lora/page/recordings/recordings.h"
#include "ecg_lora/page/render/ground_truth.h"

namespace ecg_lora::page {

/// How pages look.
struct PageStyle {
  PageConfig page;
  PaperConfig paper;
  std::uint64_t seed = 1;  ///< of what happens to the paper
};

/// A function of the record, the recording's name and facts, and the style alone.
GroundTruth draw_record(const wfdb::Record& record, const Recording& recording,
                        const PageStyle& style);
/// Reads and draws. Data error if the record cannot be read.
GroundTruth draw_recording(const Recording& recording, const PageStyle& style);

}  // namespace ecg_lora::page
