// What a generated answer affirms of the options of its question.
#include <algorithm>
#include <map>

#include "ecg_lora/metrics/answers/answers.h"
#include "ecg_lora/metrics/tasks/task_answers.h"

namespace ecg_lora::metrics {
namespace {

using Places = std::vector<std::size_t>;

/// Phrases that hold the word of a label and mean another thing: "ST elevation" is no sinus
/// tachycardia (ST of CODE-15).
const std::vector<std::string>& decoys() {
  static const std::vector<std::string> kPhrases{"st segment",  "st elevation", "st depression",
                                                 "st t",        "st changes",   "st change",
                                                 "st deviation"};
  return kPhrases;
}

/// What says by itself that an ECG is normal.
const std::vector<std::string>& normal_alone() {
  static const std::vector<std::string> kWords{"normal",       "normales",    "normalt",
                                               "unremarkable", "unauffällig", "normalbefund"};
  return kWords;
}

/// What labels of known benchmarks stand for.
const std::map<std::string, std::vector<std::string>>& label_phrases() {
  static const std::map<std::string, std::vector<std::string>> kPhrases{
      {"NORM",
       {"normal ecg",
        "normal ekg",
        "normal electrocardiogram",
        "ecg is normal",
        "ekg is normal",
        "normal tracing",
        "within normal limits",
        "no abnormalities",
        "no abnormality",
        "no significant abnormalities",
        "no significant abnormality",
        "no abnormal findings",
        "normales ekg",
        "ekg ist normal",
        "unauffälliges ekg",
        "ekg ist unauffällig",
        "normalbefund",
        "keine auffälligkeiten",
        "kein pathologischer befund",
        "ohne pathologischen befund",
        "normalt ekg",
        "ekg är normalt",
        "inga avvikelser"}},
      {"ABNORMAL", {"abnormal ecg", "abnormal ekg"}},
      {"MI",
       {"myocardial infarction", "myocardial infarct", "infarction", "infarct", "myokardinfarkt",
        "herzinfarkt", "infarkt", "hjärtinfarkt", "infarktzeichen"}},
      {"STTC",
       {"st t change", "st t changes", "st t wave changes", "st or t wave changes",
        "st t veränderung", "st t veränderungen", "st t förändring", "st t förändringar"}},
      {"CD",
       {"conduction disturbance", "conduction disturbances", "conduction disorder",
        "leitungsstörung", "leitungsstörungen", "erregungsleitungsstörung", "överledningsrubbning",
        "retledningsrubbning"}},
      {"HYP", {"hypertrophy", "hypertrophie", "hypertrofi"}},
      {"AF", {"atrial fibrillation", "afib", "vorhofflimmern", "förmaksflimmer"}},
      {"AFIB", {"atrial fibrillation", "af"}},
      {"I-AVB",
       {"1avb", "first degree av block", "first degree atrioventricular block",
        "1st degree av block"}},
      {"1dAVb",
       {"1avb", "i avb", "first degree av block", "first degree atrioventricular block",
        "1st degree av block"}},
      {"LBBB", {"left bundle branch block"}},
      {"RBBB", {"right bundle branch block"}},
      {"PAC",
       {"pacs", "premature atrial contraction", "premature atrial contractions",
        "premature atrial complex", "premature atrial complexes"}},
      {"PVC",
       {"pvcs", "premature ventricular contraction", "premature ventricular contractions",
        "premature ventricular complex", "premature ventricular complexes"}},
      {"STD", {"st depression", "st segment depression"}},
      {"STE", {"st elevation", "st segment elevation"}},
      {"SB", {"sinus bradycardia"}},
      {"ST", {"sinus tachycardia"}},
  };
  return kPhrases;
}

/// Phrases that say the same as an option: itself, and what a label stands for.
std::vector<std::string> phrases_of(const std::string& option) {
  std::vector<std::string> phrases{option};
  const auto& known = label_phrases();
  if (const auto found = known.find(option); found != known.end())
    phrases.insert(phrases.end(), found->second.begin(), found->second.end());
  return phrases;
}

std::optional<Places> stated_options(const TaskAnswer& a, std::string_view text) {
  std::vector<LabelPhrases> labels;
  for (std::size_t o = 0; o < a.options.size(); ++o) {
    labels.push_back({std::to_string(o), phrases_of(a.options[o])});
    if (a.options[o] == "NORM") labels.back().normal = true, labels.back().alone = normal_alone();
  }
  labels.push_back({"", decoys()});
  const auto stated = Labeller(labels).stated(text);
  if (!stated) return std::nullopt;
  Places places;
  for (const auto& label : *stated) places.push_back(static_cast<std::size_t>(std::stoul(label)));
  std::sort(places.begin(), places.end());
  return places;
}

std::optional<std::size_t> place_of(const TaskAnswer& a, const std::string& option) {
  const auto found = std::find(a.options.begin(), a.options.end(), option);
  return found == a.options.end()
             ? std::nullopt
             : std::optional(static_cast<std::size_t>(found - a.options.begin()));
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
  return Places{static_cast<std::size_t>(
      std::max_element(a.probability.begin(), a.probability.end()) - a.probability.begin())};
}

}  // namespace

std::optional<Places> parse_answer(const TaskAnswer& a) {
  if (a.kind == AnswerKind::text) return std::nullopt;
  if (!a.answer) return likeliest(a);
  const auto part = final_part(*a.answer);
  if (a.kind == AnswerKind::yes_no) return read_yes_no(a, part);
  if (a.kind == AnswerKind::labels) return stated_options(a, part);
  const auto place = parse_choice(part, a.options);
  return place ? std::optional(Places{*place}) : std::nullopt;
}

}  // namespace ecg_lora::metrics
