// What happens to a printed page before anyone reads it: folds, pens and coffee, scanners, phones
// and screens, years in an archive.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/page/render/page.h"

namespace ecg_lora::page {

/// In the order of the config's keys. Those marked G move the ground truth with the pixels.
enum class PaperEffect : std::size_t {
  rotation,     ///< G
  perspective,  ///< G
  crease,       ///< G
  wrinkle,      ///< G
  shadow,
  uneven_light,
  blur,
  noise,
  jpeg,
  stain,
  fading,
  handwriting,
  moire,
  scan_edges,  ///< G
  colour_temperature,
  crop,  ///< G
};
inline constexpr std::size_t kPaperEffects = 16;

/// The key of the effect's strength: "uneven_light".
const char* effect_name(PaperEffect effect);
/// What the effect is, in a few words.
const char* effect_help(PaperEffect effect);

/// How strongly each effect acts, from 0 (absent) to 1 (as bad as pages get). What exactly happens
/// within that is drawn for each page.
struct PaperConfig {
  std::string preset = "clean";  ///< sets every strength that `strengths` leaves negative
  std::array<double, kPaperEffects> strengths;  ///< negative: the preset's

  PaperConfig() { strengths.fill(-1); }
  double& operator[](PaperEffect effect) { return strengths[static_cast<std::size_t>(effect)]; }
  /// The strength that holds: the one set, else the preset's. Usage error for an unknown preset.
  double strength(PaperEffect effect) const;
  /// No effect is left: apply_paper() changes nothing.
  bool is_clean() const;

  template <class V>
  void visit(V& v) {
    v.field("preset", preset, "what pages went through; sets all strengths below that are negative")
        .one_of({"clean", "scan", "phone_photo", "old_archive"});
    for (std::size_t i = 0; i < kPaperEffects; ++i) {
      const auto effect = static_cast<PaperEffect>(i);
      v.field(effect_name(effect), strengths[i],
              std::string(effect_help(effect)) + ", 0 to 1; negative: as the preset has it")
          .range(-1, 1);
    }
  }
};

/// An effect and what was drawn for it, to the last digit: lengths in mm of paper, angles in
/// degrees, the rest as named.
struct AppliedEffect {
  std::string name;
  double strength = 0;
  Json parameters;
};

/// Where the crossings of a square lattice on the paper lie in the picture, row by row from the
/// paper's top left corner.
struct GridMesh {
  double step_mm = 25;
  int columns = 0, rows = 0;
  std::vector<Point> points;
};

/// What apply_paper() did.
struct AppliedPaper {
  std::vector<AppliedEffect> effects;  ///< those with a strength above 0
  std::array<double, 9> homography{1, 0, 0, 0, 1,
                                   0, 0, 0, 1};  ///< row by row: px of the flat page as drawn to px
                                                 ///< of the picture; folds come on top
  GridMesh mesh;                                 ///< folds included
  std::size_t points = 0,
              points_outside =
                  0;  ///< valid samples of all traces, and those that lie outside the picture

  /// nullptr if the effect did not act.
  const AppliedEffect* find(std::string_view name) const;
};

/// Applies the effects of `config` to the picture, which keeps its size, and moves corners, traces
/// and px_per_mm (its mean over the page) along. Points may come to lie outside the picture; they
/// stay in the page and are counted. Data error for a page without pixels or of no known scale. A
/// pure function of its arguments, on any number of threads; what one effect draws depends on no
/// other. Thread-safe. A clean config leaves every byte as it is.
AppliedPaper apply_paper(Page& page, const PaperConfig& config, std::uint64_t seed,
                         std::uint64_t key);

/// Effects with parameters, homography, mesh (px, two decimals) and counts.
Json to_json(const AppliedPaper& applied);

}  // namespace ecg_lora::page
