#include "ecg_lora/score/predictions.h"

#include <cmath>
#include <sstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"

namespace ecg_lora::score {

std::string to_line(const Prediction& p) {
  return Json{{"ecg_id", p.ecg_id}, {"patient_id", p.patient_id}, {"fold", p.fold}, {"label", p.label}, {"question", p.question}, {"gold", p.gold}, {"p_yes", p.p_yes}}.dump();
}

std::vector<Prediction> read_predictions(const std::filesystem::path& file) {
  std::istringstream in(read_file(file));
  std::vector<Prediction> result;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    const auto origin = cat(file.string(), " line ", number);
    try {
      const auto json = parse_json(line, origin);
      result.push_back({json.at("ecg_id").get<int>(), json.at("patient_id").get<int>(), json.at("fold").get<int>(), json.at("label").get<std::string>(),
                        json.at("question").get<std::string>(), json.at("gold").get<bool>(), json.at("p_yes").get<double>()});
    } catch (const nlohmann::json::exception&) {
      throw_data(origin, " lacks ecg_id, patient_id, fold, label, question, gold or p_yes of the right type; write the predictions again");
    }
    if (const double p = result.back().p_yes; !(p >= 0 && p <= 1)) throw_data(origin, " has p_yes ", p, ", expected a probability from 0 to 1; write the predictions again");
  }
  if (result.empty()) throw_data(file.string(), " holds no prediction, expected one line a question; write the predictions again");
  return result;
}

}  // namespace ecg_lora::score
