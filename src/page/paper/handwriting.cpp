// Which marks, in which ink, and where.
#include <algorithm>
#include <array>

#include "effects.h"
#include "marks.h"

namespace ecg_lora::page::paper {
namespace {

constexpr const char* kMarks[] = {"ring",      "arrow", "tick",      "cross",
                                  "underline", "word",  "highlight", "note"};
constexpr std::array<std::array<double, 3>, 6> kInks = {{{28, 48, 150},
                                                         {40, 62, 175},
                                                         {24, 24, 34},
                                                         {190, 28, 40},
                                                         {20, 110, 70},
                                                         {105, 105, 112}}};  // ballpoints, pencil
constexpr std::array<std::array<double, 3>, 3> kMarkers = {
    {{255, 244, 90}, {170, 255, 130}, {255, 170, 200}}};

/// The page that a hand writes on.
struct Target {
  const std::vector<LeadBox>& boxes;
  double px_per_mm;
  cv::Mat& page;

  double width() const { return page.cols / px_per_mm; }
  double height() const { return page.rows / px_per_mm; }
};

Pen choose_pen(Draw& draw) {
  const auto colour =
      static_cast<std::size_t>(draw.count("ink", 0, static_cast<int>(kInks.size()) - 1));
  return {{kInks[colour][0], kInks[colour][1], kInks[colour][2]},
          draw.between("pen_mm", 0.35, 0.65),
          draw.between("cover", 0.75, 0.95),
          false};
}

Pen choose_marker(Draw& draw) {
  const auto colour =
      static_cast<std::size_t>(draw.count("marker", 0, static_cast<int>(kMarkers.size()) - 1));
  return {{kMarkers[colour][0], kMarkers[colour][1], kMarkers[colour][2]},
          draw.between("pen_mm", 3.5, 5),
          draw.between("cover", 0.75, 0.95),
          true};
}

/// A place within a lead's band, else anywhere but the rim; mm.
cv::Point2d choose_place(Draw& draw, const Target& target) {
  const double x = draw.between("x", 0.06, 0.94), y = draw.between("y", 0.1, 0.9);
  if (target.boxes.empty()) return {x * target.width(), y * target.height()};
  const auto& box = target.boxes[static_cast<std::size_t>(
      draw.count("box", 0, static_cast<int>(target.boxes.size()) - 1))];
  return {(box.x + x * box.width) / target.px_per_mm, (box.y + y * box.height) / target.px_per_mm};
}

/// Words in the margin above or below: place and size of the writing.
void write_note(Draw& draw, Random& random, const Pen& pen, const Target& target) {
  const int words = draw.count("words", 2, 5);
  const double size = draw.between("x_height_mm", 1.8, 3);
  const bool above = draw.count("above", 0, 2) > 0;
  double x = draw.between("left_mm", 8, 0.5 * target.width());
  const double y =
      above ? draw.between("line_mm", 7, 14) : target.height() - draw.between("line_mm", 5, 11);
  for (int i = 0; i < words && x < target.width() - 20; ++i) {
    const int letters = 2 + static_cast<int>(random.uniform_int(6));
    const auto strokes = word(random, letters);
    draw_strokes(strokes, {x, y + random.normal(0, 0.4)}, size, pen, random, target.px_per_mm,
                 target.page);
    x += size * (0.95 * letters + 1.2);
  }
}

void draw_mark(Draw& draw, int kind, const Target& target) {
  const auto pen = kind == 6 ? choose_marker(draw) : choose_pen(draw);
  auto random = draw.texture("hand");
  if (kind == 7) return write_note(draw, random, pen, target);
  const auto at = choose_place(draw, target);
  const double size = draw.between("size_mm", 0.7, 1.3);
  std::vector<Stroke> strokes;
  if (kind == 0) strokes = ring(random, 17, random.uniform(11, 26));
  if (kind == 1) {
    const bool from_below = random.bernoulli(0.5);
    const cv::Point2d from{random.uniform(-16, 16),
                           from_below ? random.uniform(8, 18) : random.uniform(-18, -8)};
    strokes = arrow(random, from, {0, 0});
  }
  if (kind == 2) strokes = tick(random);
  if (kind == 3) strokes = cross(random);
  if (kind == 4 || kind == 6) strokes = line(random, random.uniform(14, 34));
  if (kind == 5) strokes = word(random, 2 + static_cast<int>(random.uniform_int(5)));
  const double scale = kind == 2 || kind == 3 ? 8 : kind == 5 ? 2.6 : 1;
  draw_strokes(strokes, at, size * scale, pen, random, target.px_per_mm, target.page);
}

}  // namespace

void write_by_hand(Draw& draw, const std::vector<LeadBox>& boxes, double px_per_mm, cv::Mat& page) {
  const Target target{boxes, px_per_mm, page};
  const int count =
      draw.count("count", 1 + cvRound(draw.strength()), 2 + cvRound(8 * draw.strength()));
  for (int i = 0; i < count; ++i) {
    draw.next_item("marks");
    const int kind = draw.count("kind", 0, static_cast<int>(std::size(kMarks)) - 1);
    draw.note("kind", kMarks[kind]);
    draw_mark(draw, kind, target);
  }
  draw.end_items();
}

}  // namespace ecg_lora::page::paper
