#include <algorithm>

#include "ecg_lora/base/error.h"
#include "ecg_lora/page/paper/paper.h"

namespace ecg_lora::page {
namespace {

struct Row {
  const char* name;
  const char* help;
  double scan, phone_photo, old_archive;
};

// In the order of PaperEffect. A photo of a screen is phone_photo with moire set.
constexpr Row kRows[kPaperEffects] = {
    {"rotation", "the page lies askew", 0.12, 0.35, 0.15},
    {"perspective", "seen from the side, on a table", 0, 0.5, 0},
    {"crease", "folds across the page", 0.2, 0.35, 0.7},
    {"wrinkle", "crumpled paper", 0, 0.35, 0.45},
    {"shadow", "of a hand, a phone or a shelf", 0, 0.6, 0},
    {"uneven_light", "a lamp from one side, dark corners", 0.15, 0.55, 0.25},
    {"blur", "focus, shake, a coarse scanner", 0.25, 0.4, 0.4},
    {"noise", "grain of the sensor", 0.15, 0.35, 0.3},
    {"jpeg", "compression", 0.35, 0.5, 0.4},
    {"stain", "coffee, water, foxing", 0, 0, 0.7},
    {"fading", "pale ink on yellowed paper", 0.12, 0, 0.75},
    {"handwriting", "marks of a pen: rings, arrows, ticks, words", 0.2, 0.2, 0.5},
    {"moire", "photo of a screen", 0, 0, 0},
    {"scan_edges", "lid, gap and streaks of a scanner, sheet not quite in place", 0.6, 0, 0.5},
    {"colour_temperature", "warm or cold light", 0.1, 0.5, 0.3},
    {"crop", "cut off at the sides", 0, 0.15, 0},
};

const Row& row(PaperEffect effect) {
  return kRows[static_cast<std::size_t>(effect)];
}

double preset_strength(const std::string& preset, PaperEffect effect) {
  if (preset == "clean") return 0;
  if (preset == "scan") return row(effect).scan;
  if (preset == "phone_photo") return row(effect).phone_photo;
  if (preset == "old_archive") return row(effect).old_archive;
  throw_usage("paper preset '", preset,
              "' is unknown, expected clean, scan, phone_photo or old_archive");
}

}  // namespace

const char* effect_name(PaperEffect effect) {
  return row(effect).name;
}

const char* effect_help(PaperEffect effect) {
  return row(effect).help;
}

double PaperConfig::strength(PaperEffect effect) const {
  const double set = strengths[static_cast<std::size_t>(effect)],
               preset_value = preset_strength(preset, effect);
  return set < 0 ? preset_value : std::min(set, 1.0);
}

bool PaperConfig::is_clean() const {
  for (std::size_t i = 0; i < kPaperEffects; ++i)
    if (strength(static_cast<PaperEffect>(i)) > 0) return false;
  return true;
}

}  // namespace ecg_lora::page
