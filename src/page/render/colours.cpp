#include "colours.h"

#include "ecg_lora/base/error.h"

namespace ecg_lora::page {
namespace {

// All but the first are those of ecg-image-kit (ecg_plot.py: standard_major_colors,
// standard_minor_colors), times 255. Its lines are all 0.18 mm wide; here the dark ones of a
// millimetre are thinner, or they would hide the trace.
constexpr std::array<Colours, 6> kKnown{
    {{"pink", {254, 223, 219}, {245, 160, 150}, 0.25, 0.25},
     {"brown", {150, 107, 101}, {109, 50, 47}, 0.06, 0.18},
     {"blue", {0, 0, 179}, {0, 0, 102}, 0.06, 0.18},
     {"green", {0, 204, 77}, {0, 77, 0}, 0.06, 0.18},
     {"red", {254, 223, 219}, {255, 0, 0}, 0.18, 0.18},
     {"black_and_white", {191, 191, 191}, {102, 102, 102}, 0.12, 0.18}}};

}  // namespace

const Colours& colours_of(const PageConfig& config) {
  for (const auto& colours : kKnown)
    if (config.colours == colours.name) return colours;
  throw_usage("page.colours: expected pink, brown, blue, green, red or black_and_white, got '",
              config.colours, "'");
}

}  // namespace ecg_lora::page
