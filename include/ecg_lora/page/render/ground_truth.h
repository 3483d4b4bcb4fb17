// Where everything stands on a page, as a file of its own. The format is described in
// docs/users/pages.md.
#pragma once

#include <array>
#include <filesystem>
#include <string>

#include "ecg_lora/base/json.h"
#include "ecg_lora/page/render/page.h"

namespace ecg_lora::page {

/// A page, and what it was drawn from.
struct GroundTruth {
  std::string record;  ///< name of the recording
  Json parameters =
      Json::object();  ///< what the page was drawn with: {"page": resolved PageConfig, …}
  Page page;           ///< after reading: without its pixels
};

/// Pixels that one millimetre takes along and across the paper at a lead, from its corners: moves
/// with the paper.
std::array<double, 2> grid_spacing(const Page& page, const LeadBox& box);

/// Compact JSON; places are rounded to a tenth of a pixel.
std::string ground_truth_text(const GroundTruth& truth);
/// Written whole or not at all; data error if it cannot be.
void write_ground_truth(const std::filesystem::path& path, const GroundTruth& truth);

/// Data error that names the file and what is wrong with it.
GroundTruth read_ground_truth(const std::filesystem::path& path);

}  // namespace ecg_lora::page
