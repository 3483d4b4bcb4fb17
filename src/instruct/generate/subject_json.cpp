#include "ecg_lora/instruct/generate/subject_json.h"

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

Json rhythm_json(const features::Rhythm& rhythm) {
  return {rhythm.rate, rhythm.variation, rhythm.wander, rhythm.largest,
          static_cast<int>(rhythm.regularity)};
}

features::Rhythm parse_rhythm(const Json& json) {
  return {number_of_json(json.at(0)), number_of_json(json.at(1)), number_of_json(json.at(2)),
          number_of_json(json.at(3)), static_cast<features::Regularity>(json.at(4).get<int>())};
}

Json axis_json(const features::Axis& axis) {
  return {axis.degrees, axis.net};
}

features::Axis parse_axis(const Json& json) {
  return {number_of_json(json.at(0)), number_of_json(json.at(1))};
}

Subject read_subject(const Json& json) {
  Subject subject;
  json.at("id").get_to(subject.id);
  json.at("patient").get_to(subject.patient);
  json.at("name").get_to(subject.name);
  json.at("fold").get_to(subject.fold);
  json.at("image").get_to(subject.image);
  if (!json.at("age").is_null()) subject.age = json.at("age").get<double>();
  for (const auto& one : json.at("statements"))
    subject.statements.push_back({one.at(0).get<std::string>(), number_of_json(one.at(1))});
  json.at("report").get_to(subject.report);
  subject.rhythm = parse_measured<features::Rhythm>(json.at("rhythm"), parse_rhythm);
  subject.axis = parse_measured<features::Axis>(json.at("axis"), parse_axis);
  return subject;
}

}  // namespace

Json subject_json(const Subject& subject) {
  Json statements = Json::array();
  for (const auto& [code, likelihood] : subject.statements)
    statements.push_back(Json::array({code, likelihood}));
  return {{"id", subject.id},
          {"patient", subject.patient},
          {"name", subject.name},
          {"fold", subject.fold},
          {"image", subject.image},
          {"age", subject.age ? Json(*subject.age) : Json()},
          {"statements", statements},
          {"report", subject.report},
          {"rhythm", measured_json(subject.rhythm, rhythm_json)},
          {"axis", measured_json(subject.axis, axis_json)}};
}

Subject parse_subject(const Json& json, const std::string& origin) {
  try {
    return read_subject(json);
  } catch (const nlohmann::json::exception&) {
    throw_data(origin,
               " is not a recording as prepare questions --shard writes it; run that shard again");
  }
}

}  // namespace ecg_lora::instruct
