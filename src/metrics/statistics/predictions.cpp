#include "ecg_lora/metrics/statistics/predictions.h"

#include <limits>
#include <map>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/json_number.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/lines.h"

namespace ecg_lora::metrics {
namespace {

int integer(const Json& json, const char* key) {
  using Range = std::numeric_limits<int>;
  return static_cast<int>(whole_number(json.at(key), Range::min(), Range::max()));
}

double number(const Json& json, const char* key) {
  const auto& value = json.at(key);
  if (!value.is_number()) throw Json::type_error::create(302, "no number", &value);
  return value.get<double>();
}

/// A record is of one patient and in one fold, whatever is asked about it.
void check_place(const std::vector<Prediction>& all, std::map<int, std::size_t>& first_of,
                 const std::string& origin) {
  const auto& p = all.back();
  const auto& first = all[first_of.emplace(p.ecg_id, all.size() - 1).first->second];
  if (p.patient_id != first.patient_id || p.fold != first.fold)
    throw_data(origin, " has record ", p.ecg_id, " of patient ", p.patient_id, ", fold ", p.fold,
               ", expected patient ", first.patient_id, ", fold ", first.fold,
               " as in the lines before; write the predictions again");
}

Prediction parse_line(const std::string& line, const std::string& origin) try {
  const auto json = parse_json(line, origin);
  const auto text = [&](const char* key) {
    return json.contains(key) ? json.at(key).get<std::string>() : "";
  };
  Prediction p{integer(json, "ecg_id"),
               integer(json, "patient_id"),
               integer(json, "fold"),
               json.at("label").get<std::string>(),
               json.at("question").get<std::string>(),
               json.at("gold").get<bool>(),
               number(json, "p_yes"),
               text("answer"),
               json.contains("sample") ? integer(json, "sample") : 0,
               text("p_yes_is"),
               text("wording")};
  if (!(p.p_yes >= 0 && p.p_yes <= 1))
    throw_data(origin, " has p_yes ", p.p_yes,
               ", expected a probability from 0 to 1; write the predictions again");
  return p;
} catch (const nlohmann::json::exception&) {
  throw_data(origin,
             " lacks ecg_id, patient_id, fold, label, question, gold or p_yes of the right "
             "type, or has another answer, p_yes_is or wording than text or another sample "
             "than a number; write the predictions again");
}

}  // namespace

std::string to_line(const Prediction& p) {
  Json line{{"ecg_id", p.ecg_id}, {"patient_id", p.patient_id}, {"fold", p.fold},
            {"label", p.label},   {"question", p.question},     {"gold", p.gold},
            {"p_yes", p.p_yes}};
  if (!p.p_yes_is.empty()) line["p_yes_is"] = p.p_yes_is;
  if (!p.wording.empty()) line["wording"] = p.wording;
  if (!p.answer.empty()) line["answer"] = p.answer;
  if (p.sample > 0) line["sample"] = p.sample;
  return json_text(line);  // an answer may break off within a character
}

std::vector<Prediction> read_predictions(const std::filesystem::path& file) {
  LineReader in(file);
  std::vector<Prediction> result;
  std::map<std::pair<int, std::string>, std::size_t> line_of;  // (record, label), each asked once
  std::map<int, std::size_t> first_of;                         // place of a record's first answer
  std::string line;
  while (in.next(line)) {
    const auto origin = cat(file.string(), " line ", in.number());
    result.push_back(parse_line(line, origin));
    check_place(result, first_of, origin);
    const auto& p = result.back();
    const auto [first, fresh] = line_of.emplace(std::pair(p.ecg_id, p.label), in.number());
    if (!fresh)
      throw_data(origin, " answers label ", p.label, " of record ", p.ecg_id, " again, as line ",
                 first->second, " does, expected one line each; remove one of them");
  }
  if (result.empty())
    throw_data(file.string(),
               " holds no prediction, expected one line per question; write the predictions again");
  return result;
}

}  // namespace ecg_lora::metrics
