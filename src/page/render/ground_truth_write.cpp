#include <cmath>

#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/page/render/ground_truth.h"
#include "ground_truth_format.h"

namespace ecg_lora::page {
namespace {

/// Tenths of a pixel: the first, then differences; null for what is no number.
template <class Coordinate>
Json differences(const std::vector<Point>& points, Coordinate coordinate) {
  Json list = Json::array();
  long long last = 0;
  for (const auto& point : points) {
    const double value = point.*coordinate;
    if (!std::isfinite(value)) {
      list.push_back(nullptr);
      continue;
    }
    const auto tenths = std::llround(value * truth_format::kParts);
    list.push_back(tenths - last);
    last = tenths;
  }
  return list;
}

/// [x of the first sample, step], if that gives every x to a twentieth of a pixel; else null.
Json straight(const std::vector<Point>& points) {
  if (points.empty()) return Json::array({0, 0});
  const double start = points.front().x;
  const double step = points.size() > 1 ? (static_cast<double>(points.back().x) - start) /
                                              static_cast<double>(points.size() - 1)
                                        : 0;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (!(std::abs(start + step * static_cast<double>(i) - points[i].x) <=
          0.5 / truth_format::kParts))
      return nullptr;
  return Json::array({start, step});
}

Json trace_json(const Trace& trace) {
  Json json{{"first_sample", trace.first_sample}, {"samples", trace.points.size()}};
  if (auto line = straight(trace.points); !line.is_null())
    json["x_line"] = std::move(line);
  else
    json["x"] = differences(trace.points, &Point::x);
  json["y"] = differences(trace.points, &Point::y);
  return json;
}

Json lead_json(const Page& page, const LeadBox& box) {
  Json corners = Json::array();
  for (const auto& corner : box.corners)
    corners.push_back({std::round(corner.x * 100) / 100, std::round(corner.y * 100) / 100});
  const auto [along, across] = grid_spacing(page, box);
  return {{"lead", box.lead},
          {"label", box.label},
          {"sign", box.sign},
          {"start_s", box.start_s},
          {"duration_s", box.duration_s},
          {"drawn",
           {{"x", box.x},
            {"y", box.y},
            {"width", box.width},
            {"height", box.height},
            {"baseline_y", box.baseline_y}}},
          {"corners", std::move(corners)},
          {"px_per_mm", {std::round(along * 1e4) / 1e4, std::round(across * 1e4) / 1e4}}};
}

}  // namespace

std::array<double, 2> grid_spacing(const Page& page, const LeadBox& box) {
  const auto length = [&](std::size_t a, std::size_t b) {
    return std::hypot(static_cast<double>(box.corners[a].x) - box.corners[b].x,
                      static_cast<double>(box.corners[a].y) - box.corners[b].y);
  };
  const double drawn =
      box.width / (box.duration_s * page.mm_per_s);  // px/mm before anything happened to the paper
  return {(length(0, 1) + length(3, 2)) / 2 * drawn / box.width,
          (length(0, 3) + length(1, 2)) / 2 * drawn / box.height};
}

std::string ground_truth_text(const GroundTruth& truth) {
  const auto& page = truth.page;
  Json json{{"format", truth_format::kName},
            {"version", truth_format::kVersion},
            {"record", truth.record},
            {"width", page.image.width},
            {"height", page.image.height},
            {"px_per_mm", page.px_per_mm},
            {"mm_per_s", page.mm_per_s},
            {"mm_per_mv", page.mm_per_mv},
            {"sampling_rate", page.sampling_rate},
            {"samples_off_page", page.samples_off_page},
            {"parameters", truth.parameters}};
  Json leads = Json::array();
  for (const auto& box : page.boxes) leads.push_back(lead_json(page, box));
  for (const auto& trace : page.traces) leads.at(trace.box)["trace"] = trace_json(trace);
  json["leads"] = std::move(leads);
  return json_text(json) + "\n";
}

void write_ground_truth(const std::filesystem::path& path, const GroundTruth& truth) {
  write_file(path, ground_truth_text(truth));
}

}  // namespace ecg_lora::page
