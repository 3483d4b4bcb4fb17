#include "ecg_lora/instruct/generate/generation_statistics.h"

#include <algorithm>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/text_table.h"

namespace ecg_lora::instruct {

Json to_json(const GenerationStatistics& statistics) {
  Json kinds = Json::object(), statements = Json::object(), skipped = Json::array();
  for (const auto& [kind, samples] : statistics.samples) {
    kinds[name_of(kind)] = {{"samples", samples}};
    if (const auto found = statistics.answers.find(kind); found != statistics.answers.end())
      kinds[name_of(kind)]["answers"] = found->second;
  }
  for (const auto& [code, s] : statistics.statements)
    statements[code] = {{"yes", s.yes},
                        {"no", s.no},
                        {"could_be_yes", s.could_be_yes},
                        {"could_be_no", s.could_be_no},
                        {"left_out", s.left_out},
                        {"chosen", s.chosen},
                        {"offered", s.offered}};
  for (const auto& [key, ids] : statistics.skipped)
    skipped.push_back({{"kind", name_of(key.first)},
                       {"reason", key.second},
                       {"records", ids.size()},
                       {"ecg_ids", ids}});
  return {{"kinds", kinds},
          {"positions", statistics.positions},
          {"statements", statements},
          {"skipped", skipped}};
}

namespace {

std::string statements_text(const GenerationStatistics& statistics) {
  TextTable table({"statement", "yes", "no", "left out", "answer of a choice", "option of one"});
  for (const auto& [code, s] : statistics.statements) {
    std::size_t left_out = 0;
    for (const auto& [reason, count] : s.left_out) left_out += count;
    if (s.yes + s.no + s.chosen + s.offered == 0) continue;
    table.row({code, cat(s.yes), cat(s.no), cat(left_out), cat(s.chosen), cat(s.offered)});
  }
  return "\n" + table.text();
}

std::string samples_text(const GenerationStatistics& statistics) {
  TextTable table({"  kind", "samples"});
  for (const auto& [kind, count] : statistics.samples)
    table.row({cat("  ", name_of(kind)), cat(count)});
  return table.text();
}

std::string positions_text(const std::vector<std::size_t>& positions) {
  std::string text = "\nright answers of choices by place:";
  for (std::size_t i = 0; i < positions.size(); ++i)
    text += cat(' ', static_cast<char>('A' + i), ' ', positions[i]);
  return text + "\n";
}

/// The most frequent answers of a kind.
std::string answers_text(QuestionKind kind, const std::map<std::string, std::size_t>& answers) {
  std::vector<std::pair<std::size_t, std::string>> sorted;
  for (const auto& [answer, count] : answers) sorted.emplace_back(count, answer);
  std::sort(sorted.rbegin(), sorted.rend());
  auto text = cat("  ", name_of(kind), ": ");
  for (std::size_t i = 0; i < std::min<std::size_t>(4, sorted.size()); ++i)
    text += cat(i == 0 ? "" : ", ", sorted[i].second, ' ', sorted[i].first);
  return text + (sorted.size() > 4 ? cat(", and ", sorted.size() - 4, " others") : "") + "\n";
}

std::string skipped_text(const GenerationStatistics& statistics) {
  TextTable table({"  kind", "reason", "recordings"}, 2);
  for (const auto& [key, ids] : statistics.skipped)
    table.row({cat("  ", name_of(key.first)), key.second, cat(ids.size())});
  return "\nrecordings without a sample of a kind:\n" + table.text();
}

}  // namespace

std::string to_text(const GenerationStatistics& statistics) {
  std::string text;
  if (!statistics.samples.empty()) text += samples_text(statistics);
  if (!statistics.statements.empty()) text += statements_text(statistics);
  if (!statistics.positions.empty()) text += positions_text(statistics.positions);
  if (!statistics.answers.empty()) text += "\nanswers:\n";
  for (const auto& [kind, answers] : statistics.answers) text += answers_text(kind, answers);
  if (!statistics.skipped.empty()) text += skipped_text(statistics);
  return text;
}

}  // namespace ecg_lora::instruct
