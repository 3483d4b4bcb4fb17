// The recipe of ecg-lora render: which recordings, how they look, and what is made of them.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/page/recordings/write_pages.h"

namespace ecg_lora::tools {

struct RenderRecipe {
  page::Selection recordings;
  std::vector<std::string> page_sets, paper_sets;  ///< of the style, as --set and --paper have them
  page::PageStyle style;
  page::PageFiles files;
  std::string shard;  ///< "2/4"; empty for all
  bool digitize_check = false, benchmark = false;
};

int run_render(RenderRecipe recipe);

}  // namespace ecg_lora::tools
