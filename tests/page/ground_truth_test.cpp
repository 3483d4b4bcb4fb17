#include "ecg_lora/page/render/ground_truth.h"

#include <cmath>
#include <limits>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "example.h"

namespace ecg_lora::page {
namespace {

using testing::error_of;
using testing::example_record;
using testing::has;
using testing::TemporaryFolder;

GroundTruth drawn(const PageConfig& config = {}, double sampling_rate = 100) {
  auto record = example_record(sampling_rate);
  auto& samples = record.leads[1].samples;
  std::fill(samples.begin() + 30, samples.begin() + 50, std::numeric_limits<double>::quiet_NaN());
  samples[0] = std::numeric_limits<double>::quiet_NaN();
  return {"example", {{"page", {{"layout", config.layout}}}}, draw_page(record, config)};
}

GroundTruth round_trip(const GroundTruth& truth) {
  const TemporaryFolder folder;
  write_ground_truth(folder / "a/truth.json", truth);
  return read_ground_truth(folder / "a/truth.json");
}

void expect_near(const Point& a, const Point& b, const std::string& what) {
  ASSERT_EQ(std::isnan(a.x), std::isnan(b.x)) << what;
  ASSERT_EQ(std::isnan(a.y), std::isnan(b.y)) << what;
  ASSERT_TRUE(std::isnan(a.x) || std::abs(a.x - b.x) < 0.0501) << what << " " << a.x << " " << b.x;
  ASSERT_TRUE(std::isnan(a.y) || std::abs(a.y - b.y) < 0.0501) << what << " " << a.y << " " << b.y;
}

void expect_same(const GroundTruth& a, const GroundTruth& b) {
  EXPECT_EQ(a.record, b.record);
  EXPECT_EQ(a.parameters, b.parameters);
  EXPECT_EQ(a.page.image.width, b.page.image.width);
  EXPECT_EQ(a.page.image.height, b.page.image.height);
  EXPECT_EQ(a.page.px_per_mm, b.page.px_per_mm);
  EXPECT_EQ(a.page.mm_per_s, b.page.mm_per_s);
  EXPECT_EQ(a.page.mm_per_mv, b.page.mm_per_mv);
  EXPECT_EQ(a.page.sampling_rate, b.page.sampling_rate);
  ASSERT_EQ(a.page.boxes.size(), b.page.boxes.size());
  for (std::size_t i = 0; i < a.page.boxes.size(); ++i) {
    const auto &x = a.page.boxes[i], &y = b.page.boxes[i];
    EXPECT_EQ(std::tie(x.lead, x.label, x.sign, x.x, x.y, x.width, x.height, x.baseline_y,
                       x.start_s, x.duration_s),
              std::tie(y.lead, y.label, y.sign, y.x, y.y, y.width, y.height, y.baseline_y,
                       y.start_s, y.duration_s));
    for (std::size_t k = 0; k < 4; ++k) expect_near(x.corners[k], y.corners[k], x.lead);
  }
  ASSERT_EQ(a.page.traces.size(), b.page.traces.size());
  for (std::size_t i = 0; i < a.page.traces.size(); ++i) {
    const auto &x = a.page.traces[i], &y = b.page.traces[i];
    EXPECT_EQ(std::tie(x.lead, x.box, x.first_sample), std::tie(y.lead, y.box, y.first_sample));
    ASSERT_EQ(x.points.size(), y.points.size());
    for (std::size_t k = 0; k < x.points.size(); ++k) expect_near(x.points[k], y.points[k], x.lead);
  }
}

TEST(GroundTruth, ComesBackToATwentiethOfAPixel) {
  PageConfig cabrera;
  cabrera.layout = "6x2", cabrera.order = "cabrera", cabrera.paper = "letter",
  cabrera.mm_per_s = 50;
  for (const auto& truth : {drawn(), drawn(cabrera), drawn({}, 500)})
    expect_same(truth, round_trip(truth));
}

TEST(GroundTruth, FollowsPaperThatIsNoLongerFlat) {
  auto truth = drawn();
  const auto warp = [](Point& p) {
    p = {0.9F * p.x + 0.1F * p.y + 20 * std::sin(p.y / 100), 0.95F * p.y - 0.05F * p.x};
  };
  for (auto& box : truth.page.boxes) std::for_each(box.corners.begin(), box.corners.end(), warp);
  for (auto& trace : truth.page.traces)
    std::for_each(trace.points.begin(), trace.points.end(), warp);
  expect_same(truth, round_trip(truth));
  for (auto& point : truth.page.traces[0].points) point.x = std::numeric_limits<float>::quiet_NaN();
  expect_same(truth, round_trip(truth));
}

TEST(GroundTruth, GridSpacingFollowsTheCorners) {
  auto page = drawn().page;
  EXPECT_NEAR(grid_spacing(page, page.boxes[0])[0], 4, 1e-6);
  EXPECT_NEAR(grid_spacing(page, page.boxes[0])[1], 4, 1e-6);
  for (auto& corner : page.boxes[0].corners)
    corner = {-1.5F * corner.y, 2 * corner.x};  // a quarter turn, stretched
  EXPECT_NEAR(grid_spacing(page, page.boxes[0])[0], 8, 1e-5);
  EXPECT_NEAR(grid_spacing(page, page.boxes[0])[1], 6, 1e-5);
}

TEST(GroundTruth, IsSmall) {
  // ecg-image-kit writes two floating-point numbers in indented JSON for each sample: about 1 MB
  // for 20,000 samples.
  EXPECT_LT(ground_truth_text(drawn()).size(), 20'000u);
  EXPECT_LT(ground_truth_text(drawn({}, 500)).size(), 70'000u);
}

TEST(GroundTruth, RefusesWhatItDoesNotUnderstand) {
  const TemporaryFolder folder;
  const auto file = folder / "truth.json";
  const auto whole = Json::parse(ground_truth_text(drawn()));
  const auto refused = [&](const Json& json, const std::string& part) {
    write_file(file, json.dump());
    const auto message = error_of(ExitCode::data, [&] { read_ground_truth(file); });
    EXPECT_TRUE(has(message, part));
    EXPECT_TRUE(has(message, "truth.json"));
  };
  for (const auto& [key, value] : whole.items()) {
    auto less = whole;
    less.erase(key);
    refused(less, key);
    auto other = whole;
    other[key] = key == "parameters" ? Json() : Json::array({1});
    if (key != "leads" && key != "parameters") refused(other, key);
  }
  for (const auto& [pointer, value] :
       std::vector<std::pair<std::string, Json>>{{"/version", 2},
                                                 {"/format", "other"},
                                                 {"/width", -1},
                                                 {"/leads/3/sign", 0},
                                                 {"/leads/3/corners", {1, 2}},
                                                 {"/leads/3/corners/0", "x"},
                                                 {"/leads/3/drawn/width", 0},
                                                 {"/leads/3/trace/samples", 7},
                                                 {"/leads/3/trace/y/5", 1.5},
                                                 {"/leads/3/trace/y/5", 1e30},
                                                 {"/leads/3/trace/first_sample", -1},
                                                 {"/leads/3/trace/x_line", {1}},
                                                 {"/leads/3", 5}}) {
    auto json = whole;
    json[Json::json_pointer(pointer)] = value;
    refused(json, pointer.substr(1, pointer.find('/', 1) - 1));
  }
  write_file(file, whole.dump().substr(0, 3000));
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { read_ground_truth(file); }), "truth.json"));
}

}  // namespace
}  // namespace ecg_lora::page
