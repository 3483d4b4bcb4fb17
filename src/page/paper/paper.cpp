#include "ecg_lora/page/paper/paper.h"

#include <cmath>
#include <memory>
#include <opencv2/core.hpp>
#include <optional>

#include "effects.h"
#include "folds.h"
#include "geometry.h"

namespace ecg_lora::page {
namespace {

using namespace paper;

/// The draws of the effects that act, each on a stream of its own.
class Draws {
 public:
  Draws(const PaperConfig& config, std::uint64_t seed, std::uint64_t key) {
    for (std::size_t i = 0; i < kPaperEffects; ++i) {
      const auto effect = static_cast<PaperEffect>(i);
      if (const double strength = config.strength(effect); strength > 0)
        draws_[i] = std::make_unique<Draw>(effect, strength, seed, key);
    }
  }
  /// Null if the effect is absent.
  Draw* operator[](PaperEffect effect) const {
    return draws_[static_cast<std::size_t>(effect)].get();
  }
  std::vector<AppliedEffect> applied() const {
    std::vector<AppliedEffect> list;
    for (const auto& draw : draws_)
      if (draw) list.push_back(draw->applied());
    return list;
  }

 private:
  std::array<std::unique_ptr<Draw>, kPaperEffects> draws_;
};

struct Folds {
  std::vector<Crease> creases;
  std::optional<Relief> relief;  ///< where the sheet is not flat
};

Folds draw_folds(const Draws& draws, const Lattice& lattice, double px_per_mm) {
  Folds folds;
  auto *crease = draws[PaperEffect::crease], *wrinkle = draws[PaperEffect::wrinkle];
  const double width = lattice.picture.width / px_per_mm,
               height = lattice.picture.height / px_per_mm;
  if (crease != nullptr || wrinkle != nullptr) folds.relief.emplace(lattice);
  if (wrinkle != nullptr) press(draw_wrinkles(*wrinkle, width, height), px_per_mm, *folds.relief);
  if (crease == nullptr) return folds;
  folds.creases = draw_creases(*crease, width, height);
  press(folds.creases, px_per_mm, *folds.relief);
  return folds;
}

Warp make_warp(const Draws& draws, const Folds& folds, const Lattice& lattice, double px_per_mm) {
  Warp warp(lattice);
  if (folds.relief) warp.set_shift(folds.relief->x, folds.relief->y, px_per_mm);
  place_sheet({draws[PaperEffect::rotation], draws[PaperEffect::perspective],
               draws[PaperEffect::scan_edges], draws[PaperEffect::crop]},
              lattice.picture, warp);
  return warp;
}

/// Pens, years, folds and coffee: what is on the sheet and moves with it.
void treat_sheet(const Draws& draws, const Folds& folds, const Lattice& lattice,
                 const std::vector<LeadBox>& boxes, double px_per_mm, cv::Mat& sheet) {
  if (auto* draw = draws[PaperEffect::handwriting]) write_by_hand(*draw, boxes, px_per_mm, sheet);
  if (draws[PaperEffect::fading] != nullptr || folds.relief) {
    Tone tone(lattice);
    if (auto* draw = draws[PaperEffect::fading]) fade(*draw, tone);
    if (folds.relief) tone.dim(folds.relief->light);
    tone.apply(sheet);
  }
  draw_lines(folds.creases, px_per_mm, sheet);
  if (auto* draw = draws[PaperEffect::stain]) stain(*draw, px_per_mm, sheet);
}

/// Light, then lens, sensor and file.
void take_picture(const Draws& draws, const Warp& warp, double px_per_mm, cv::Mat& picture) {
  auto* shadow = draws[PaperEffect::shadow];
  auto* light = draws[PaperEffect::uneven_light];
  auto* colour = draws[PaperEffect::colour_temperature];
  if (shadow != nullptr || light != nullptr || colour != nullptr) {
    Tone tone({picture.size(), std::max(2, cvRound(2 * px_per_mm))});
    if (shadow != nullptr) cast_shadow(*shadow, tone);
    if (light != nullptr) light_unevenly(*light, tone);
    if (colour != nullptr) set_colour_temperature(*colour, tone);
    tone.apply(picture);
  }
  if (auto* draw = draws[PaperEffect::moire]) photograph_screen(*draw, warp, picture);
  if (auto* draw = draws[PaperEffect::scan_edges]) scan_edges(*draw, px_per_mm, picture);
  if (auto* draw = draws[PaperEffect::blur]) blur(*draw, px_per_mm, picture);
  if (auto* draw = draws[PaperEffect::noise]) add_noise(*draw, picture);
  if (auto* draw = draws[PaperEffect::jpeg]) compress(*draw, picture);
}

Point moved(const Warp& warp, cv::Point2d from) {
  const auto to = warp.forward(from);
  return {static_cast<float>(to.x), static_cast<float>(to.y)};
}

GridMesh make_mesh(const Warp& warp, cv::Size size, double px_per_mm) {
  GridMesh mesh;
  const double step = mesh.step_mm * px_per_mm;
  mesh.columns = cvFloor((size.width - 1) / step) + 1;
  mesh.rows = cvFloor((size.height - 1) / step) + 1;
  for (int row = 0; row < mesh.rows; ++row)
    for (int column = 0; column < mesh.columns; ++column)
      mesh.points.push_back(moved(warp, {column * step, row * step}));
  return mesh;
}

double mean_scale(const Warp& warp, cv::Size size) {
  constexpr int kSteps = 8;
  double sum = 0;
  for (int row = 0; row <= kSteps; ++row)
    for (int column = 0; column <= kSteps; ++column)
      sum += warp.scale({(size.width - 1.0) * column / kSteps, (size.height - 1.0) * row / kSteps});
  return sum / ((kSteps + 1) * (kSteps + 1));
}

void move_truth(const Warp& warp, Page& page, AppliedPaper& applied) {
  const auto move = [&](Point& point) {
    point = moved(warp, {static_cast<double>(point.x), static_cast<double>(point.y)});
  };
  if (!warp.is_identity()) {
    for (auto& box : page.boxes)
      for (auto& corner : box.corners) move(corner);
    for (auto& trace : page.traces)
      for (auto& point : trace.points) move(point);
  }
  const auto right = static_cast<float>(page.image.width - 1),
             bottom = static_cast<float>(page.image.height - 1);
  for (const auto& trace : page.traces)
    for (const auto& [x, y] : trace.points) {
      if (std::isnan(x) || std::isnan(y)) continue;
      ++applied.points;
      if (x < 0 || y < 0 || x > right || y > bottom) ++applied.points_outside;
    }
  const auto& h = warp.homography();
  std::copy(h.val, h.val + 9, applied.homography.begin());
}

void check_page(const Page& page) {
  const auto& [width, height, rgb] = page.image;
  constexpr int kLargest = 32000;  // px: maps have 16 bits
  if (width < 1 || height < 1 || width > kLargest || height > kLargest || !(page.px_per_mm > 0))
    throw_data("cannot treat a page of ", width, " x ", height, " px at ", page.px_per_mm,
               " px/mm as paper, expected 1 to ", kLargest, " px per side; draw one first");
  const auto expected = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3;
  if (rgb.size() != expected)
    throw_data("cannot treat a page of ", width, " x ", height, " px as paper, expected ", expected,
               " bytes of pixels, got ", rgb.size(), " bytes; draw it first");
}

/// The treated sheet in its surroundings; the sheet itself if nothing moved.
cv::Mat lay_out(const Draws& draws, const Warp& warp, double px_per_mm, cv::Mat sheet) {
  if (warp.is_identity()) return sheet;
  cv::Mat picture(sheet.size(), CV_8UC3);
  draw_surroundings(
      {draws[PaperEffect::perspective], draws[PaperEffect::scan_edges], draws[PaperEffect::moire]},
      warp, px_per_mm, picture);
  warp.resample(sheet, picture);
  return picture;
}

}  // namespace

const AppliedEffect* AppliedPaper::find(std::string_view name) const {
  for (const auto& effect : effects)
    if (effect.name == name) return &effect;
  return nullptr;
}

AppliedPaper apply_paper(Page& page, const PaperConfig& config, std::uint64_t seed,
                         std::uint64_t key) {
  const cv::Size size(page.image.width, page.image.height);
  const double px_per_mm = page.px_per_mm;
  check_page(page);
  const Draws draws(config, seed, key);
  const Lattice lattice{size, std::max(2, cvRound(px_per_mm))};  // nodes a millimetre apart
  const auto folds = draw_folds(draws, lattice, px_per_mm);
  const auto warp = make_warp(draws, folds, lattice, px_per_mm);

  cv::Mat sheet(size, CV_8UC3, page.image.rgb.data());
  treat_sheet(draws, folds, lattice, page.boxes, px_per_mm, sheet);
  cv::Mat picture = lay_out(draws, warp, px_per_mm, sheet);
  take_picture(draws, warp, px_per_mm, picture);
  if (picture.data != page.image.rgb.data())
    page.image.rgb.assign(picture.datastart, picture.dataend);

  AppliedPaper applied;
  move_truth(warp, page, applied);
  applied.mesh = make_mesh(warp, size, px_per_mm);
  if (!warp.keeps_frame()) page.px_per_mm *= mean_scale(warp, size);
  applied.effects = draws.applied();
  return applied;
}

Json to_json(const AppliedPaper& applied) {
  const auto hundredth = [](float value) {
    return std::round(static_cast<double>(value) * 100) / 100;
  };
  Json effects = Json::object(), points = Json::array();
  for (const auto& effect : applied.effects) {
    effects[effect.name] = {{"strength", effect.strength}};
    effects[effect.name].update(effect.parameters);
  }
  for (const auto& point : applied.mesh.points)
    points.push_back({hundredth(point.x), hundredth(point.y)});
  const auto& mesh = applied.mesh;
  return {{"effects", effects},
          {"homography", applied.homography},
          {"grid",
           {{"step_mm", mesh.step_mm},
            {"columns", mesh.columns},
            {"rows", mesh.rows},
            {"points", points}}},
          {"points", applied.points},
          {"points_outside", applied.points_outside}};
}

}  // namespace ecg_lora::page
