// Files for many recordings: pages, ground truth, and a sheet to look at.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ecg_lora/base/shard.h"
#include "ecg_lora/page/recordings/draw_recording.h"

namespace ecg_lora::page {

/// What is written.
struct PageFiles {
  bool single = false;  ///< `out` is a PNG; otherwise a folder, where whole files are kept
  std::string out;      ///< empty for none
  bool with_ground_truth = false;
  std::string ground_truth;   ///< JSON of a single recording; empty: next to the PNG
  std::string contact_sheet;  ///< PNG of the first pages; empty for none
  bool skip_bad = false;      ///< list recordings that cannot be read, instead of an error
  int workers = 0;            ///< threads; 0: one per core. They change no byte
  Shard shard;                ///< which part of all recordings those given are
};

/// What became of the recordings.
struct WrittenPages {
  std::size_t found = 0;      ///< whole already
  std::size_t skipped = 0;    ///< could not be read
  int width = 0, height = 0;  ///< px, of a single recording's page
};

/// Shows progress, logs what was skipped and what lies beyond the paper's edge. Usage error if the
/// folder holds pages of another style; data error if a recording cannot be read.
WrittenPages write_pages(const std::vector<Recording>& recordings, const PageStyle& style,
                         const PageFiles& files);

}  // namespace ecg_lora::page
