#include <cmath>
#include <limits>

#include "ecg_lora/base/file.h"
#include "ecg_lora/page/render/ground_truth.h"
#include "ground_truth_format.h"

namespace ecg_lora::page {
namespace {

constexpr double kLargest = 1e6;  ///< of any number but sample counts: px, s, Hz

/// Typed access to an object, with errors that name file and key.
class Reader {
 public:
  Reader(const Json& json, std::string where) : json_(json), where_(std::move(where)) {
    if (!json_.is_object())
      throw_data(where_, ": expected an object, got ", json_.type_name(),
                 "; write the ground truth again");
  }
  const Json& at(const char* key) const {
    const auto found = json_.find(key);
    if (found == json_.end())
      throw_data(where_, ": ", key, " is missing; write the ground truth again");
    return *found;
  }
  bool has(const char* key) const { return json_.contains(key); }
  const Json& list(const char* key) const {
    if (!at(key).is_array()) fail(key, "a list");
    return at(key);
  }
  std::string text(const char* key) const {
    if (!at(key).is_string()) fail(key, "text");
    return at(key).get<std::string>();
  }
  double number(const char* key, double low = -kLargest) const {
    const auto& value = at(key);
    if (!value.is_number() || !(value.get<double>() >= low && value.get<double>() <= kLargest))
      fail(key, cat("a number from ", low, " to ", kLargest).c_str());
    return value.get<double>();
  }
  std::size_t count(const char* key) const {
    const auto& value = at(key);
    if (!value.is_number_integer() || value.get<double>() < 0 || value.get<double>() > 1e12)
      fail(key, "a whole number from 0 on");
    return value.get<std::size_t>();
  }
  /// A list of exactly `size` numbers.
  std::vector<double> numbers(const char* key, std::size_t size) const {
    const auto& values = list(key);
    if (values.size() != size) fail(key, cat("a list of ", size).c_str());
    std::vector<double> result;
    for (const auto& value : values) {
      if (!value.is_number() || !(std::abs(value.get<double>()) <= kLargest)) fail(key, "numbers");
      result.push_back(value.get<double>());
    }
    return result;
  }
  /// Sums of tenths of a pixel.
  std::vector<float> places(const char* key, std::size_t size) const {
    const auto& values = list(key);
    if (values.size() != size) fail(key, cat("a list of ", size, " (trace.samples)").c_str());
    std::vector<float> result;
    double sum = 0;
    for (const auto& value : values) {
      if (!value.is_null() && !(value.is_number_integer() &&
                                std::abs(value.get<double>()) <= kLargest * truth_format::kParts))
        fail(key, "whole numbers and null");
      if (!value.is_null()) sum += value.get<double>();
      result.push_back(value.is_null() ? std::numeric_limits<float>::quiet_NaN()
                                       : static_cast<float>(sum / truth_format::kParts));
    }
    return result;
  }
  [[noreturn]] void fail(const char* key, const char* expected) const {
    auto got = json_.at(key).dump();
    if (got.size() > 60) got = got.substr(0, 60) + "…";
    throw_data(where_, ": ", key, ": expected ", expected, ", got ", got,
               "; write the ground truth again");
  }
  const std::string& where() const { return where_; }

 private:
  const Json& json_;
  std::string where_;
};

Trace read_trace(const Reader& reader, const LeadBox& box, std::size_t index) {
  const auto samples = reader.list("y").size();
  if (reader.count("samples") != samples)
    reader.fail("samples", cat(samples, ", as y has").c_str());
  Trace trace{box.lead, index, reader.count("first_sample"), {}};
  std::vector<float> x;
  if (reader.has("x_line")) {
    const auto line = reader.numbers("x_line", 2);
    for (std::size_t i = 0; i < samples; ++i)
      x.push_back(static_cast<float>(line[0] + line[1] * static_cast<double>(i)));
  } else {
    x = reader.places("x", samples);
  }
  const auto y = reader.places("y", samples);
  for (std::size_t i = 0; i < samples; ++i) trace.points.push_back({x[i], y[i]});
  return trace;
}

LeadBox read_box(const Reader& reader) {
  LeadBox box;
  box.lead = reader.text("lead");
  box.label = reader.text("label");
  box.sign = reader.number("sign");
  if (std::abs(box.sign) != 1) reader.fail("sign", "1 or -1");
  box.start_s = reader.number("start_s");
  box.duration_s = reader.number("duration_s", 1e-6);
  const Reader drawn(reader.at("drawn"), reader.where() + ".drawn");
  box.x = drawn.number("x"), box.y = drawn.number("y"), box.baseline_y = drawn.number("baseline_y");
  box.width = drawn.number("width", 1e-3), box.height = drawn.number("height", 1e-3);
  const auto& corners = reader.list("corners");
  if (corners.size() != 4) reader.fail("corners", "four points");
  for (std::size_t i = 0; i < 4; ++i) {
    if (!corners[i].is_array() || corners[i].size() != 2 || !corners[i][0].is_number() ||
        !corners[i][1].is_number())
      reader.fail("corners", "four points");
    box.corners[i] = {corners[i][0].get<float>(), corners[i][1].get<float>()};
  }
  return box;
}

}  // namespace

GroundTruth read_ground_truth(const std::filesystem::path& path) {
  const auto json = read_json(path);
  const Reader reader(json, path.string());
  if (reader.text("format") != truth_format::kName) reader.fail("format", truth_format::kName);
  if (reader.at("version") != truth_format::kVersion)
    reader.fail("version", cat(truth_format::kVersion).c_str());
  GroundTruth truth{reader.text("record"), reader.at("parameters"), {}};
  auto& page = truth.page;
  page.image.width = static_cast<int>(reader.number("width", 1));
  page.image.height = static_cast<int>(reader.number("height", 1));
  page.px_per_mm = reader.number("px_per_mm", 1e-3);
  page.mm_per_s = reader.number("mm_per_s", 1e-3);
  page.mm_per_mv = reader.number("mm_per_mv", 1e-3);
  page.sampling_rate = reader.number("sampling_rate", 0);
  page.samples_off_page = reader.count("samples_off_page");
  const auto& leads = reader.list("leads");
  for (std::size_t i = 0; i < leads.size(); ++i) {
    const Reader lead(leads[i], cat(path.string(), ": leads[", i, "]"));
    page.boxes.push_back(read_box(lead));
    if (lead.has("trace"))
      page.traces.push_back(
          read_trace(Reader(lead.at("trace"), lead.where() + ".trace"), page.boxes.back(), i));
  }
  return truth;
}

}  // namespace ecg_lora::page
