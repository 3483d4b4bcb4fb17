#include "stated_wording.h"

#include <set>

namespace ecg_lora::evaluation {
namespace {

Json one_json(const std::string& tag, const Json& known) {
  const auto blank = tag.rfind(' ');
  if (tag.empty() || blank == std::string::npos) return {{"name", tag}, {"sha256", nullptr}};
  const auto name = tag.substr(0, blank), digits = tag.substr(blank + 1);
  const bool own = known.is_object() && known.value("name", "") == name &&
                   known.value("sha256", "").starts_with(digits);
  return own ? known : Json{{"name", name}, {"sha256", digits}};
}

}  // namespace

std::vector<std::string> stated_wordings(const std::vector<metrics::Prediction>& answers) {
  std::set<std::string> tags;
  for (const auto& p : answers)
    if (!p.wording.empty() || !p.question.empty()) tags.insert(p.wording);
  return {tags.begin(), tags.end()};
}

Json wording_json(const std::vector<std::string>& tags, const Json& known) {
  Json all = Json::array();
  for (const auto& tag : tags) all.push_back(tag.empty() ? Json() : one_json(tag, known));
  return all.empty() ? Json() : all.size() == 1 ? all.front() : all;
}

std::string wording_text(const std::vector<std::string>& tags) {
  std::string text;
  for (const auto& tag : tags)
    text += (text.empty() ? "" : " and ") + (tag.empty() ? std::string("not stated") : tag);
  return text;
}

}  // namespace ecg_lora::evaluation
