#include "source_recording_json.h"

#include <limits>

#include "ecg_lora/base/error.h"

namespace ecg_lora::instruct {
namespace {

/// JSON has no numbers that are not finite: they become null.
double number_of_json(const Json& json) {
  return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

template <class T, class F>
Json measured_json(const features::Measured<T>& measured, F json_of) {
  return measured ? json_of(*measured) : Json(measured.reason());
}

template <class T, class F>
features::Measured<T> parse_measured(const Json& json, F value_of) {
  if (json.is_string()) return features::Measured<T>::none(json.get<std::string>());
  return value_of(json);
}

Json rr_json(const features::RrStatistics& rr) {
  return {rr.rate, rr.variation, rr.wander, rr.largest, static_cast<int>(rr.regularity)};
}

features::RrStatistics parse_rr(const Json& json) {
  return {number_of_json(json.at(0)), number_of_json(json.at(1)), number_of_json(json.at(2)),
          number_of_json(json.at(3)), static_cast<features::Regularity>(json.at(4).get<int>())};
}

Json axis_json(const features::Axis& axis) {
  return {axis.degrees, axis.net};
}

features::Axis parse_axis(const Json& json) {
  return {number_of_json(json.at(0)), number_of_json(json.at(1))};
}

SourceRecording read_recording(const Json& json) {
  SourceRecording recording;
  json.at("id").get_to(recording.id);
  json.at("patient").get_to(recording.patient);
  json.at("name").get_to(recording.name);
  json.at("fold").get_to(recording.fold);
  json.at("image").get_to(recording.image);
  if (!json.at("age").is_null()) recording.age = json.at("age").get<double>();
  for (const auto& one : json.at("statements"))
    recording.statements.push_back({one.at(0).get<std::string>(), number_of_json(one.at(1))});
  json.at("report").get_to(recording.report);
  recording.rr = parse_measured<features::RrStatistics>(json.at("rr"), parse_rr);
  recording.axis = parse_measured<features::Axis>(json.at("axis"), parse_axis);
  return recording;
}

}  // namespace

Json recording_json(const SourceRecording& recording) {
  Json statements = Json::array();
  for (const auto& [code, likelihood] : recording.statements)
    statements.push_back(Json::array({code, likelihood}));
  return {{"id", recording.id},
          {"patient", recording.patient},
          {"name", recording.name},
          {"fold", recording.fold},
          {"image", recording.image},
          {"age", recording.age ? Json(*recording.age) : Json()},
          {"statements", statements},
          {"report", recording.report},
          {"rr", measured_json(recording.rr, rr_json)},
          {"axis", measured_json(recording.axis, axis_json)}};
}

SourceRecording parse_recording(const Json& json, const std::string& origin) {
  try {
    return read_recording(json);
  } catch (const nlohmann::json::exception&) {
    throw_data(origin,
               " is not a recording as prepare questions --shard writes it; run that shard again");
  }
}

}  // namespace ecg_lora::instruct
