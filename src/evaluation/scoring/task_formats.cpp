#include "task_formats.h"

#include <algorithm>
#include <map>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/base/suggest.h"
#include "ecg_lora/metrics/answers/answers.h"
#include "question_options.h"

namespace ecg_lora::evaluation {
namespace {

using metrics::AnswerKind;
using Texts = std::vector<std::string>;

const std::map<std::string, TaskFormat>& ecgbench() {
  static const std::map<std::string, TaskFormat> kFormats{
      {"ptb-test", {"labels", {"NORM", "MI", "STTC", "CD", "HYP"}}},
      {"cpsc-test",
       {"labels", {"NORM", "AF", "I-AVB", "LBBB", "RBBB", "PAC", "PVC", "STD", "STE"}}},
      {"code15-test", {"labels", {"NORM", "ABNORMAL", "1dAVb", "RBBB", "LBBB", "SB", "ST", "AF"}}},
      {"csn-test", {"choice", {}}},
      {"csn-test-no-cot", {"choice", {}}},
      {"g12-test", {"choice", {}}},
      {"g12-test-no-cot", {"choice", {}}},
      {"mmmu-ecg", {"choice", {}}},
      {"ecgqa-test", {"labels", {}}},
      {"ptb-test-report", {"text", {}}},
      {"arena", {"text", {}}},
  };
  return kFormats;
}

bool says_yes_or_no(const std::string& reference) {
  const auto words = metrics::words_of(reference);
  return words.size() == 1 && (words[0].text == "yes" || words[0].text == "no");
}

bool all_in(const Texts& some, const Texts& all) {
  return !some.empty() && std::all_of(some.begin(), some.end(), [&](const auto& s) {
    return std::find(all.begin(), all.end(), s) != all.end();
  });
}

std::string detect(const metrics::TaskAnswer& answer, const instruct::InstructionItem& item,
                   const QuestionOptions& options) {
  const auto gold = trimmed_parts(answer.reference, ',');
  if (!item.kind.empty()) return item.kind.ends_with("verify") ? "yes_no" : "labels";
  if (options.lettered && metrics::parse_choice(answer.reference, options.texts)) return "choice";
  if (!options.texts.empty() && all_in(gold, options.texts)) return "labels";
  return says_yes_or_no(answer.reference) ? "yes_no" : "text";
}

/// The gold of labels: as the reference lists them, or as its words say.
Texts label_golds(metrics::TaskAnswer probe, const std::string& where) {
  const auto parts = trimmed_parts(probe.reference, ',');
  if (all_in(parts, probe.options)) return parts;
  probe.answer = probe.reference;
  const auto places = metrics::parse_answer(probe);
  if (!places)
    throw_data(where, ": the answer '", probe.reference, "' does not say which of ",
               joined(probe.options), " are right; correct the item or set tasks.labels");
  Texts gold;
  for (const auto place : *places) gold.push_back(probe.options[place]);
  return gold;
}

void understand_yes_no(metrics::TaskAnswer& answer, const instruct::InstructionItem& item,
                       const std::string& where) {
  answer.options = {"yes", "no"};
  const auto words = metrics::words_of(answer.reference);
  const bool unsure = words.size() == 2 && words[0].text == "not" && words[1].text == "sure";
  if (unsure || !item.kind.empty()) answer.options.push_back("not sure");  // ECG-QA's third answer
  const auto said = unsure ? std::nullopt : metrics::parse_yes_no(answer.reference);
  if (!said && !unsure)
    throw_data(where, ": the answer '", answer.reference,
               "' is neither yes nor no, expected one of them; correct the item or choose another "
               "of tasks.kinds");
  answer.gold = {unsure ? "not sure" : *said ? "yes" : "no"};
}

void understand_choice(metrics::TaskAnswer& answer, bool lettered, const std::string& where) {
  if (!lettered)
    throw_data(where,
               " has no options (A. …, B. …) in its question, expected some for a choice; correct "
               "the item or choose another of tasks.kinds");
  const auto place = metrics::parse_choice(answer.reference, answer.options);
  if (!place)
    throw_data(where, ": the answer '", answer.reference, "' is none of the options ",
               joined(answer.options), "; correct the item");
  answer.gold = {answer.options[*place]};
}

}  // namespace

TaskFormat task_format(const std::string& kind, const std::string& task, const Texts& labels) {
  if (kind == "auto" || kind.empty()) {
    const auto found = ecgbench().find(task);
    return found == ecgbench().end() ? TaskFormat{"auto", labels} : found->second;
  }
  if (kind == "labels") return {kind, labels};
  if (metrics::answer_kind(kind)) return {kind, {}};
  if (const auto found = ecgbench().find(kind); found != ecgbench().end()) return found->second;
  Texts known{"auto", "yes_no", "choice", "labels", "text"};
  for (const auto& [name, format] : ecgbench()) known.push_back(name);
  throw_usage("tasks.kinds: '", kind, "' is none of ", joined(known), "; the nearest is ",
              nearest(kind, known));
}

void understand(metrics::TaskAnswer& answer, const TaskFormat& format,
                const instruct::InstructionItem& item, const Texts& known,
                const std::string& where) {
  const auto options = options_of(answer.question);
  const auto kind = format.kind == "auto" ? detect(answer, item, options) : format.kind;
  answer.kind = *metrics::answer_kind(kind);
  if (answer.kind == AnswerKind::text) {
    answer.gold = {answer.reference};
    return;
  }
  if (answer.kind == AnswerKind::yes_no) return understand_yes_no(answer, item, where);
  answer.options = !options.texts.empty()   ? options.texts
                   : !format.labels.empty() ? format.labels
                                            : known;
  if (answer.kind == AnswerKind::choice) return understand_choice(answer, options.lettered, where);
  if (answer.options.empty())
    throw_data(where,
               " lists no options and tasks.labels is empty, expected what may be answered; set "
               "tasks.labels");
  answer.gold = label_golds(answer, where);
}

}  // namespace ecg_lora::evaluation
