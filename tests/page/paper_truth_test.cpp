// The ground truth moves with the pixels.
#include <gtest/gtest.h>

#include <limits>

#include "paper_pages.h"
#include "support/shared_data.h"

namespace ecg_lora::page {
namespace {

using namespace testing;

const PaperEffect kGeometric[] = {PaperEffect::rotation,   PaperEffect::perspective,
                                  PaperEffect::crease,     PaperEffect::wrinkle,
                                  PaperEffect::scan_edges, PaperEffect::crop};

TEST(PaperTruth, PointsLieOnTheInkBeforeAnythingHappens) {
  const auto page = synthetic_page();
  const auto found = fit(page.image, page.traces);
  EXPECT_GT(found.points, 1000u);
  EXPECT_GT(found.on_ink, 0.99);
  EXPECT_LT(found.typical, 0.3);
}

TEST(PaperTruth, PointsLieOnTheInkAfterEachGeometricEffect) {
  for (const auto effect : kGeometric)
    for (const double strength : {0.3, 1.0})
      for (const std::uint64_t key : {1, 2, 3}) {
        auto page = synthetic_page(key);
        apply_paper(page, only(effect, strength), 5, key);
        const auto found = fit(page.image, page.traces);
        EXPECT_GT(found.points, 500u) << effect_name(effect) << ' ' << strength << " key " << key;
        EXPECT_GT(found.on_ink, 0.985) << effect_name(effect) << ' ' << strength << " key " << key;
        EXPECT_LT(found.typical, 0.35) << effect_name(effect) << ' ' << strength << " key " << key;
      }
}

TEST(PaperTruth, PointsLieOnTheInkAfterEveryPreset) {
  for (const char* name : {"scan", "phone_photo", "old_archive"})
    for (std::uint64_t key = 1; key <= 6; ++key) {
      auto page = synthetic_page(key);
      apply_paper(page, preset(name), 9, key);
      const auto found = fit(page.image, page.traces);
      EXPECT_GT(found.points, 500u) << name << " key " << key;
      EXPECT_GT(found.on_ink, 0.95)
          << name << " key " << key;  // shadows' edges, pens and stains cross the trace
      EXPECT_LT(found.typical, 0.4) << name << " key " << key;
    }
}

// What the test above would not see if points only moved along the trace, or not at all.
TEST(PaperTruth, PointsThatDidNotMoveWouldMissTheInk) {
  for (const auto effect : kGeometric) {
    std::size_t moved = 0;
    double now = 0, unmoved = 0;
    const double px_per_mm = effect == PaperEffect::crease ? 8 : 4;  // a crease moves little
    for (std::uint64_t key = 1; key <= 4; ++key) {
      auto page = synthetic_page(key, px_per_mm);
      const auto before = page.traces;
      apply_paper(page, only(effect, 1), 5, key);
      const auto good = fit(page.image, page.traces, &before),
                 bad = fit(page.image, page.traces, &before, true);
      moved += good.points;
      now += good.on_ink * static_cast<double>(good.points);
      unmoved += bad.on_ink * static_cast<double>(good.points);
    }
    EXPECT_GT(moved, 100u) << effect_name(effect);
    EXPECT_GT(now, 0.97 * static_cast<double>(moved)) << effect_name(effect);
    EXPECT_LT(unmoved, 0.4 * static_cast<double>(moved)) << effect_name(effect);
  }
}

TEST(PaperTruth, OnlyGeometricEffectsMoveIt) {
  for (const auto effect : all_effects()) {
    auto page = synthetic_page();
    const auto before = page;
    apply_paper(page, only(effect, 1), 3, 1);
    const bool geometric =
        std::find(std::begin(kGeometric), std::end(kGeometric), effect) != std::end(kGeometric);
    double corners = 0, points = 0;
    for (std::size_t b = 0; b < page.boxes.size(); ++b)
      for (std::size_t i = 0; i < 4; ++i)
        corners = std::max(corners, distance(page.boxes[b].corners[i], before.boxes[b].corners[i]));
    for (std::size_t t = 0; t < page.traces.size(); ++t)
      for (std::size_t i = 0; i < page.traces[t].points.size(); ++i)
        points = std::max(points, distance(page.traces[t].points[i], before.traces[t].points[i]));
    EXPECT_EQ(corners > 0.3, geometric) << effect_name(effect);
    EXPECT_EQ(points > 0.3, geometric) << effect_name(effect);
    EXPECT_EQ(corners + points == 0, !geometric) << effect_name(effect);
  }
}

TEST(PaperTruth, PerspectiveMakesNoParallelogram) {
  auto page = synthetic_page();
  apply_paper(page, only(PaperEffect::perspective, 1), 3, 1);
  const auto& c = page.boxes.back().corners;
  EXPECT_GT(std::hypot(c[0].x + c[2].x - c[1].x - c[3].x, c[0].y + c[2].y - c[1].y - c[3].y), 3);
}

TEST(PaperTruth, CornersFollowTheHomographyOfAFlatSheet) {
  PaperConfig config;
  for (const auto effect : {PaperEffect::rotation, PaperEffect::perspective, PaperEffect::crop})
    config[effect] = 0.8;
  auto page = synthetic_page();
  const auto before = page.boxes;
  const auto& h = apply_paper(page, config, 11, 4).homography;
  for (std::size_t b = 0; b < before.size(); ++b)
    for (std::size_t i = 0; i < 4; ++i) {
      const double x = static_cast<double>(before[b].corners[i].x),
                   y = static_cast<double>(before[b].corners[i].y), w = h[6] * x + h[7] * y + h[8];
      EXPECT_NEAR(page.boxes[b].corners[i].x, (h[0] * x + h[1] * y + h[2]) / w, 0.01);
      EXPECT_NEAR(page.boxes[b].corners[i].y, (h[3] * x + h[4] * y + h[5]) / w, 0.01);
    }
}

TEST(PaperTruth, MeshLiesOnTheHeavyLines) {
  PaperConfig config;
  for (const auto effect : kGeometric) config[effect] = 0.5;
  config[PaperEffect::crop] = 0;
  std::size_t crossings = 0, dark = 0;
  for (std::uint64_t key = 1; key <= 4; ++key) {
    auto page = draw_page(wfdb::Record{}, {});  // nothing but the grid
    const auto mesh = apply_paper(page, config, 2, key).mesh;
    ASSERT_EQ(mesh.points.size(), static_cast<std::size_t>(mesh.columns * mesh.rows));
    ASSERT_EQ(mesh.columns, 12);
    ASSERT_EQ(mesh.rows, 9);
    for (int row = 1; row < mesh.rows; ++row)
      for (int column = 1; column < mesh.columns; ++column) {
        const auto at = mesh.points[static_cast<std::size_t>(row * mesh.columns + column)];
        if (!inside(page.image, at, 12)) continue;
        const int x = static_cast<int>(std::lround(at.x)), y = static_cast<int>(std::lround(at.y));
        const auto green = [&](int dx, int dy) { return channel(page.image, x + dx, y + dy, 1); };
        ++crossings;
        // Half way between the heavy lines the paper is brighter, on all four sides.
        if (green(0, 0) <
            std::min({green(10, 10), green(-10, 10), green(10, -10), green(-10, -10)}) - 12)
          ++dark;
      }
  }
  EXPECT_GT(crossings, 300u);
  EXPECT_GT(dark, crossings * 95 / 100);
}

TEST(PaperTruth, PxPerMmIsTheMeanSpacingOfTheMesh) {
  for (const auto effect : kGeometric) {
    auto page = synthetic_page();
    const auto mesh = apply_paper(page, only(effect, 1), 3, 2).mesh;
    double sum = 0;
    int count = 0;
    for (int row = 0; row + 1 < mesh.rows; ++row)
      for (int column = 0; column + 1 < mesh.columns; ++column, ++count) {
        const auto node = [&](int down, int across) {
          return mesh
              .points[static_cast<std::size_t>((row + down) * mesh.columns + column + across)];
        };
        sum += 0.5 * (distance(node(0, 0), node(0, 1)) + distance(node(0, 0), node(1, 0))) /
               mesh.step_mm;
      }
    EXPECT_NEAR(page.px_per_mm, sum / count, 0.03 * page.px_per_mm) << effect_name(effect);
  }
}

TEST(PaperTruth, CropSaysWhatFellOutside) {
  std::size_t outside_in_all = 0;
  for (std::uint64_t key = 1; key <= 4; ++key) {
    auto page = synthetic_page(key);
    std::size_t points = 0, outside = 0, kept = 0;
    for (const auto& trace : page.traces) points += trace.points.size();
    const auto applied = apply_paper(page, only(PaperEffect::crop, 1), 1, key);
    for (const auto& trace : page.traces)
      for (const auto& point : trace.points) ++kept, outside += inside(page.image, point) ? 0 : 1;
    EXPECT_EQ(kept, points);
    EXPECT_EQ(applied.points, points);
    EXPECT_EQ(applied.points_outside, outside);
    outside_in_all += outside;
  }
  EXPECT_GT(outside_in_all, 100u);
}

TEST(PaperTruth, NothingButTheCropCutsAnythingOff) {
  for (std::uint64_t key = 0; key < 30; ++key) {
    PaperConfig config;
    for (const auto effect : kGeometric) config[effect] = 1;
    config[PaperEffect::crop] = 0;
    auto page = synthetic_page(1);
    EXPECT_EQ(apply_paper(page, config, 4, key).points_outside, 0u) << key;
    for (const auto& box : page.boxes)
      for (const auto& corner : box.corners) EXPECT_TRUE(inside(page.image, corner)) << key;
  }
}

TEST(PaperTruth, InvalidSamplesStayInvalid) {
  Random random{1};
  auto record = synthetic::synthesise(synthetic::Morphology{}, 10, 100, random);
  for (std::size_t i = 20; i < 60; ++i)
    record.leads[0].samples[i] = std::numeric_limits<double>::quiet_NaN();
  auto page = draw_page(record, {});
  const auto applied = apply_paper(page, preset("phone_photo"), 1, 1);
  std::size_t valid = 0, invalid = 0;
  for (const auto& trace : page.traces)
    for (const auto& point : trace.points) ++(std::isnan(point.y) ? invalid : valid);
  EXPECT_EQ(invalid, 40u);
  EXPECT_EQ(applied.points, valid);
}

TEST(PaperTruth, HoldsOnRealRecordings) {
  ECG_LORA_NEEDS_SHARED("ptbxl");
  for (const char* name : {"00001_lr", "00040_lr", "00300_lr"}) {
    const auto record =
        wfdb::read_record(ecg_lora::testing::shared_data() / "ptbxl/records100/00000" / name);
    for (const char* kind : {"scan", "phone_photo", "old_archive"}) {
      auto page = draw_page(record, {});
      apply_paper(page, preset(kind), 21, 1);
      const auto found = fit(page.image, page.traces);
      EXPECT_GT(found.points, 300u) << kind << ' ' << name;
      EXPECT_GT(found.on_ink, 0.93) << kind << ' ' << name;
      EXPECT_LT(found.typical, 0.45) << kind << ' ' << name;
    }
  }
}

}  // namespace
}  // namespace ecg_lora::page
