// What a generated answer affirms of the options of its question.
#include <algorithm>
#include <map>

#include "ecg_lora/score/answers.h"
#include "ecg_lora/score/task_answers.h"

namespace ecg_lora::score {
namespace {

using Places = std::vector<std::size_t>;

/// Phrases that hold the word of a label and mean another thing: "ST elevation" is no sinus tachycardia (ST of CODE-15).
const std::vector<std::string>& decoys() {
  static const std::vector<std::string> phrases{"st segment", "st elevation", "st depression", "st t", "st changes", "st change", "st deviation"};
  return phrases;
}

std::optional<Places> affirmed_options(const TaskAnswer& a, std::string_view text) {
  std::vector<LabelPhrases> labels;
  for (std::size_t o = 0; o < a.options.size(); ++o) labels.push_back({std::to_string(o), phrases_of(a.options[o])});
  labels.push_back({"", decoys()});
  const Labeller labeller(labels);
  Places places;
  for (const auto& label : labeller.affirmed(text))
    if (!label.empty()) places.push_back(static_cast<std::size_t>(std::stoul(label)));
  // "No evidence of MI" affirms nothing, and is read; so is "None".
  auto named = labeller.mentioned(text);
  named.erase("");
  const auto words = words_of(text);
  if (places.empty() && named.empty() && (words.empty() || words[0].text != "none")) return std::nullopt;
  std::sort(places.begin(), places.end());
  return places;
}

std::optional<std::size_t> place_of(const TaskAnswer& a, const std::string& option) {
  const auto found = std::find(a.options.begin(), a.options.end(), option);
  return found == a.options.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - a.options.begin()));
}

std::optional<Places> read_yes_no(const TaskAnswer& a, std::string_view text) {
  const auto unsure = place_of(a, "not sure");
  const auto words = words_of(text);
  for (std::size_t i = 0; unsure && i + 1 < words.size(); ++i)
    if (words[i].text == "not" && words[i + 1].text == "sure") return Places{*unsure};
  const auto said = parse_yes_no(text);
  if (!said) return std::nullopt;
  const auto place = place_of(a, *said ? "yes" : "no");
  return place ? std::optional(Places{*place}) : std::nullopt;
}

/// Without words: what the likelihoods say.
std::optional<Places> likeliest(const TaskAnswer& a) {
  if (a.probability.empty()) return std::nullopt;
  Places places;
  if (a.kind == AnswerKind::labels) {
    for (std::size_t o = 0; o < a.probability.size(); ++o)
      if (a.probability[o] >= 0.5) places.push_back(o);
    return places;
  }
  return Places{static_cast<std::size_t>(std::max_element(a.probability.begin(), a.probability.end()) - a.probability.begin())};
}

}  // namespace

std::string_view final_part(std::string_view text) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i + 7 <= text.size(); ++i) {
    const auto word = text.substr(i, 7);
    if (word == "Answer:" || word == "answer:" || word == "ANSWER:") begin = i + 7;
  }
  return text.substr(begin);
}

std::optional<Places> parse_answer(const TaskAnswer& a) {
  if (a.kind == AnswerKind::text) return std::nullopt;
  if (!a.answer) return likeliest(a);
  const auto part = final_part(*a.answer);
  if (a.kind == AnswerKind::yes_no) return read_yes_no(a, part);
  if (a.kind == AnswerKind::labels) return affirmed_options(a, part);
  const auto place = parse_choice(part, a.options);
  return place ? std::optional(Places{*place}) : std::nullopt;
}

std::vector<std::string> phrases_of(const std::string& option) {
  static const std::map<std::string, std::vector<std::string>> others{
      {"NORM", {"normal ecg", "normal ekg", "normal electrocardiogram", "within normal limits"}},
      {"ABNORMAL", {"abnormal ecg", "abnormal ekg"}},
      {"MI", {"myocardial infarction", "myocardial infarct"}},
      {"STTC", {"st t change", "st t changes", "st t wave changes", "st or t wave changes"}},
      {"CD", {"conduction disturbance", "conduction disturbances", "conduction disorder"}},
      {"HYP", {"hypertrophy"}},
      {"AF", {"atrial fibrillation", "afib"}},
      {"AFIB", {"atrial fibrillation", "af"}},
      {"I-AVB", {"1avb", "first degree av block", "first degree atrioventricular block", "1st degree av block"}},
      {"1dAVb", {"1avb", "i avb", "first degree av block", "first degree atrioventricular block", "1st degree av block"}},
      {"LBBB", {"left bundle branch block"}},
      {"RBBB", {"right bundle branch block"}},
      {"PAC", {"pacs", "premature atrial contraction", "premature atrial contractions", "premature atrial complex", "premature atrial complexes"}},
      {"PVC", {"pvcs", "premature ventricular contraction", "premature ventricular contractions", "premature ventricular complex", "premature ventricular complexes"}},
      {"STD", {"st depression", "st segment depression"}},
      {"STE", {"st elevation", "st segment elevation"}},
      {"SB", {"sinus bradycardia"}},
      {"ST", {"sinus tachycardia"}},
  };
  std::vector<std::string> phrases{option};
  if (const auto found = others.find(option); found != others.end()) phrases.insert(phrases.end(), found->second.begin(), found->second.end());
  return phrases;
}

}  // namespace ecg_lora::score
