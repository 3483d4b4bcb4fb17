// Where the sheet lies and what the camera frames.
#pragma once

#include "draw.h"
#include "warp.h"

namespace ecg_lora::page::paper {

/// The effects that place the sheet in the picture; null if absent.
struct Placement {
  Draw* rotation = nullptr;
  Draw* perspective = nullptr;
  Draw* scan_edges = nullptr;
  Draw* crop = nullptr;
};

/// Draws each effect's parameters and adds its part to `warp`. A turned or tilted sheet is scaled
/// so that all of it is in the picture; only the crop then cuts any off.
void place_sheet(const Placement& placement, cv::Size page, Warp& warp);

}  // namespace ecg_lora::page::paper
