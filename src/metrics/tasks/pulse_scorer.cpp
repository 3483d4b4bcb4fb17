#include "ecg_lora/metrics/tasks/pulse_scorer.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string_view>

namespace ecg_lora::metrics {
namespace {

using Labels = std::vector<std::string>;

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string_view behind_last(std::string_view text, std::string_view mark) {
  const auto at = text.rfind(mark);
  return at == std::string_view::npos ? text : text.substr(at + mark.size());
}

std::string_view stripped(std::string_view text) {
  const auto blank = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

Labels substrings(std::string_view text, const Labels& labels) {
  Labels found;
  for (const auto& label : labels)
    if (holds(text, label)) found.push_back(label);
  return found;
}

const Labels& label_space(const std::string& task) {
  static const std::map<std::string, Labels> kSpaces{
      {"ptb-test", {"NORM", "MI", "STTC", "CD", "HYP"}},
      {"cpsc-test", {"NORM", "AF", "I-AVB", "LBBB", "RBBB", "PAC", "PVC", "STD", "STE"}},
      {"code15-test", {"1dAVb", "RBBB", "LBBB", "SB", "ST", "AF"}}};
  return kSpaces.at(task);
}

/// CODE-15 tells NORM and ABNORMAL apart, and reads behind the last "Answer:".
Labels called(const std::string& task, std::string_view text) {
  if (task != "code15-test") return substrings(text, label_space(task));
  text = behind_last(text, "Answer:");
  Labels result;
  if (holds(text, "ABNORMAL"))
    result = {"ABNORMAL"};
  else if (holds(text, "NORM"))
    result = {"NORM"};
  for (auto& label : substrings(text, label_space(task))) result.push_back(std::move(label));
  return result;
}

Labels gold_of(const std::string& task, const std::string& reference) {
  if (task == "code15-test" && (reference == "NORM" || reference == "ABNORMAL")) return {reference};
  return substrings(reference, label_space(task));
}

/// Macro means over the classes of the gold; a class of the answers that the gold lacks costs
/// nothing.
PulseScores multi_label(const std::string& task, const std::vector<PulseAnswer>& answers) {
  std::vector<std::set<std::string>> gold, call;
  std::set<std::string> classes;
  for (const auto& a : answers) {
    const auto g = gold_of(task, a.reference), c = called(task, a.text);
    gold.emplace_back(g.begin(), g.end()), call.emplace_back(c.begin(), c.end());
    classes.insert(g.begin(), g.end());
  }
  double f1 = 0, auc = 0, wrong = 0;
  for (const auto& name : classes) {
    double tp = 0, fp = 0, fn = 0, tn = 0;
    for (std::size_t i = 0; i < gold.size(); ++i) {
      const bool g = gold[i].count(name) > 0, c = call[i].count(name) > 0;
      (g ? (c ? tp : fn) : (c ? fp : tn)) += 1;
    }
    f1 += tp > 0 ? 2 * tp / (2 * tp + fp + fn) : 0;
    auc += fp + tn > 0 ? (tp / (tp + fn) + tn / (fp + tn)) / 2
                       : std::numeric_limits<double>::quiet_NaN();
    wrong += fp + fn;
  }
  const auto n = static_cast<double>(classes.size());
  return {task,
          static_cast<std::int64_t>(answers.size()),
          0,
          {{"f1", f1 / n},
           {"auc", auc / n},
           {"hamming_loss", wrong / (n * static_cast<double>(gold.size()))}}};
}

std::optional<char> first_letter(std::string_view text) {
  for (const char letter : std::string_view("ABCDEFGH"))
    if (holds(text, std::string_view(&letter, 1))) return letter;
  return std::nullopt;
}

std::optional<char> option_of(std::string_view text) {
  if (text.size() == 1 && text[0] >= 'A' && text[0] <= 'H') return text[0];
  for (char letter = 'A'; letter <= 'H'; ++letter)
    if (holds(text, std::string{letter, '.'})) return letter;
  if (holds(text, "The correct option is ")) {
    const auto rest = behind_last(text, "The correct option is ");
    return !rest.empty() && rest[0] >= 'A' && rest[0] <= 'H' ? std::optional(rest[0])
                                                             : std::nullopt;
  }
  return holds(text, "Answer:") ? first_letter(stripped(behind_last(text, "Answer:")))
                                : std::nullopt;
}

PulseScores choice(const std::string& task, const std::vector<PulseAnswer>& answers,
                   PythonRandom& random) {
  PulseScores scores{task, static_cast<std::int64_t>(answers.size()), 0, {}};
  double right = 0;
  for (const auto& a : answers) {
    auto letter = option_of(a.text);
    if (!letter)
      ++scores.drawn, letter = static_cast<char>('A' + random.below(task == "mmmu-ecg" ? 4 : 8));
    // mmmu-ecg holds the whole gold against the letter, the others its first character.
    right += task == "mmmu-ecg" ? a.reference == std::string(1, *letter)
                                : !a.reference.empty() && a.reference[0] == *letter;
  }
  scores.values = {{"accuracy", right / static_cast<double>(answers.size())}};
  return scores;
}

Labels candidates(std::string_view question) {
  std::string text(behind_last(question, "Options:"));
  const std::string closing = "Only answer based on the given Options without any explanation.";
  for (auto at = text.find(closing); at != std::string::npos; at = text.find(closing))
    text.erase(at, closing.size());
  Labels result;
  std::size_t begin = 0;
  for (auto comma = text.find(',');; comma = text.find(',', begin)) {
    result.emplace_back(stripped(
        std::string_view(text).substr(begin, comma == std::string::npos ? comma : comma - begin)));
    if (comma == std::string::npos) return result;
    begin = comma + 1;
  }
}

PulseScores ecgqa(const std::string& task, const std::vector<PulseAnswer>& answers) {
  double right = 0;
  for (const auto& a : answers) {
    auto text = a.text;
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto found = substrings(text, candidates(a.question));
    right += std::set<std::string>(found.begin(), found.end()) ==
             std::set<std::string>(a.references.begin(), a.references.end());
  }
  return {task,
          static_cast<std::int64_t>(answers.size()),
          0,
          {{"accuracy", right / static_cast<double>(answers.size())}}};
}

}  // namespace

const std::vector<PulseTask>& pulse_tasks() {
  static const std::vector<PulseTask> kTasks{
      {"mmmu-ecg", 200},  {"ptb-test", 0},   {"cpsc-test", 0},  {"csn-test", 1611},
      {"g12-test", 2026}, {"ecgqa-test", 0}, {"code15-test", 0}};
  return kTasks;
}

PulseScores pulse_scores(const std::string& task, const std::vector<PulseAnswer>& answers,
                         PythonRandom& random) {
  if (task == "ecgqa-test") return ecgqa(task, answers);
  if (task == "mmmu-ecg" || task == "csn-test" || task == "g12-test")
    return choice(task, answers, random);
  return multi_label(task, answers);
}

}  // namespace ecg_lora::metrics
