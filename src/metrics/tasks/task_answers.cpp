#include "ecg_lora/metrics/tasks/task_answers.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/json_number.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/lines.h"

namespace ecg_lora::metrics {
namespace {

std::string text_at(const Json& json, const char* key) {
  return json.contains(key) ? json.at(key).get<std::string>() : std::string();
}

std::vector<double> probabilities(const Json& json) {
  std::vector<double> result;
  if (!json.contains("probability")) return result;
  for (const auto& p : json.at("probability")) {
    if (!p.is_number()) throw Json::type_error::create(302, "no number", &p);
    result.push_back(p.get<double>());
  }
  return result;
}

TaskAnswer read_line(const Json& json) {
  TaskAnswer a;
  a.task = json.at("task").get<std::string>(), a.id = json.at("id").get<std::string>();
  const auto kind = answer_kind(json.at("kind").get<std::string>());
  if (!kind) throw Json::other_error::create(501, "kind", &json);
  a.kind = *kind;
  a.type = text_at(json, "type"), a.question = json.at("question").get<std::string>();
  a.options = json.at("options").get<std::vector<std::string>>(),
  a.gold = json.at("gold").get<std::vector<std::string>>();
  a.reference = text_at(json, "reference"), a.record = json.at("record").get<std::string>(),
  a.patient = text_at(json, "patient");
  if (json.contains("answer") && !json.at("answer").is_null())
    a.answer = json.at("answer").get<std::string>();
  a.probability = probabilities(json);
  if (json.contains("sample"))
    a.sample =
        static_cast<int>(whole_number(json.at("sample"), 0, std::numeric_limits<int>::max()));
  return a;
}

void check(const TaskAnswer& a, const std::string& origin) {
  const auto is_option = [&](const std::string& g) {
    return std::find(a.options.begin(), a.options.end(), g) != a.options.end();
  };
  if (a.kind == AnswerKind::text) {
    if (a.gold.size() != 1 || !a.options.empty())
      throw_data(origin, ": a text has ", a.gold.size(), " references and ", a.options.size(),
                 " options, expected one reference and no options; write the predictions again");
  } else {
    if (a.options.size() < (a.kind == AnswerKind::labels ? 1u : 2u))
      throw_data(origin, " has ", a.options.size(),
                 " options, expected what may be answered; write the predictions again");
    for (const auto& g : a.gold)
      if (!is_option(g))
        throw_data(origin, ": the gold '", g,
                   "' is none of the options, expected one of them; write the predictions again");
    if (a.kind != AnswerKind::labels && a.gold.size() != 1)
      throw_data(origin, " has ", a.gold.size(),
                 " golds, expected one; write the predictions again");
  }
  if (!a.probability.empty() && a.probability.size() != a.options.size())
    throw_data(origin, " has ", a.probability.size(), " probabilities for ", a.options.size(),
               " options, expected one each; write the predictions again");
  for (const double p : a.probability)
    if (!(p >= 0 && p <= 1))
      throw_data(origin, " has the probability ", p,
                 ", expected 0 to 1; write the predictions again");
}

}  // namespace

const char* name_of(AnswerKind kind) {
  switch (kind) {
    case AnswerKind::yes_no:
      return "yes_no";
    case AnswerKind::choice:
      return "choice";
    case AnswerKind::labels:
      return "labels";
    case AnswerKind::text:
      return "text";
  }
  return "";
}

std::optional<AnswerKind> answer_kind(const std::string& name) {
  for (const auto kind : kAnswerKinds)
    if (name == name_of(kind)) return kind;
  return std::nullopt;
}

std::string to_line(const TaskAnswer& a) {
  Json line{{"task", a.task}, {"id", a.id}, {"kind", name_of(a.kind)}};
  if (!a.type.empty()) line["type"] = a.type;
  line.update({{"question", a.question}, {"options", a.options}, {"gold", a.gold}});
  if (a.kind != AnswerKind::text) line["reference"] = a.reference;
  line["record"] = a.record;
  if (!a.patient.empty()) line["patient"] = a.patient;
  line["answer"] = a.answer ? Json(*a.answer) : Json(nullptr);
  if (!a.probability.empty()) line["probability"] = a.probability;
  if (a.kind != AnswerKind::text) {
    line["parsed"] = nullptr;
    if (const auto places = parse_answer(a)) {
      line["parsed"] = Json::array();
      for (const auto place : *places) line["parsed"].push_back(a.options[place]);
    }
  }
  if (a.sample > 0) line["sample"] = a.sample;
  return json_text(line);  // an answer may break off within a character
}

TaskAnswer parse_task_line(std::string_view line, const std::string& origin) try {
  auto answer = read_line(parse_json(line, origin));
  check(answer, origin);
  return answer;
} catch (const nlohmann::json::exception&) {
  throw_data(origin,
             " lacks task, id, kind, question, options, gold or record of the right type; write "
             "the predictions again");
}

std::vector<TaskAnswer> read_task_answers(const std::filesystem::path& file) {
  LineReader in(file);
  std::vector<TaskAnswer> result;
  std::map<std::pair<std::string, std::string>, std::size_t> line_of;
  std::string line;
  while (in.next(line)) {
    const auto at = in.number();
    const auto origin = cat(file.string(), " line ", at);
    result.push_back(parse_task_line(line, origin));
    const auto& a = result.back();
    const auto [first, fresh] = line_of.emplace(std::pair(a.task, a.id), at);
    if (!fresh)
      throw_data(origin, " answers question ", a.id, " of ", a.task, " again, as line ",
                 first->second, " does, expected one line each; remove one of them");
  }
  if (result.empty())
    throw_data(file.string(),
               " holds no answer, expected one line a question; write the predictions again");
  return result;
}

bool holds_task_answers(const std::filesystem::path& file) {
  const auto line = first_line(file, kLongestLine);
  if (line.empty() || line[0] != '{') return false;
  const auto json = nlohmann::json::parse(line, nullptr, false);
  return json.is_object() && json.contains("task") && json.contains("kind") &&
         json.contains("gold");
}

std::vector<std::size_t> gold_places(const TaskAnswer& a) {
  std::vector<std::size_t> places;
  for (std::size_t o = 0; o < a.options.size(); ++o)
    if (std::find(a.gold.begin(), a.gold.end(), a.options[o]) != a.gold.end()) places.push_back(o);
  return places;
}

}  // namespace ecg_lora::metrics
