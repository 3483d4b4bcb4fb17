#include "prepare_summary.h"

#include <algorithm>
#include <iostream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/text_table.h"

namespace ecg_lora::tools {

Json describe(const instruct::Tally& tally) {
  Json kinds = Json::object(), statements = Json::object(), skipped = Json::array();
  for (const auto& [kind, samples] : tally.samples) {
    kinds[name_of(kind)] = {{"samples", samples}};
    if (const auto found = tally.answers.find(kind); found != tally.answers.end())
      kinds[name_of(kind)]["answers"] = found->second;
  }
  for (const auto& [code, s] : tally.statements)
    statements[code] = {{"yes", s.yes},
                        {"no", s.no},
                        {"could_be_yes", s.could_be_yes},
                        {"could_be_no", s.could_be_no},
                        {"left_out", s.left_out},
                        {"chosen", s.chosen},
                        {"offered", s.offered}};
  for (const auto& [key, ids] : tally.skipped)
    skipped.push_back({{"kind", name_of(key.first)},
                       {"reason", key.second},
                       {"records", ids.size()},
                       {"ecg_ids", ids}});
  return {{"kinds", kinds},
          {"positions", tally.positions},
          {"statements", statements},
          {"skipped", skipped}};
}

namespace {

void print_statements(const instruct::Tally& tally) {
  TextTable table({"statement", "yes", "no", "left out", "answer of a choice", "option of one"});
  for (const auto& [code, s] : tally.statements) {
    std::size_t left_out = 0;
    for (const auto& [reason, count] : s.left_out) left_out += count;
    if (s.yes + s.no + s.chosen + s.offered == 0) continue;
    table.row({code, cat(s.yes), cat(s.no), cat(left_out), cat(s.chosen), cat(s.offered)});
  }
  std::cout << '\n' << table.text();
}

void print_samples(const instruct::Tally& tally) {
  TextTable table({"  kind", "samples"});
  for (const auto& [kind, count] : tally.samples) table.row({cat("  ", name_of(kind)), cat(count)});
  if (!tally.samples.empty()) std::cout << table.text();
}

void print_skipped(const instruct::Tally& tally) {
  if (tally.skipped.empty()) return;
  TextTable table({"  kind", "reason", "recordings"}, 2);
  for (const auto& [key, ids] : tally.skipped)
    table.row({cat("  ", name_of(key.first)), key.second, cat(ids.size())});
  std::cout << "\nrecordings without a sample of a kind:\n" << table.text();
}

void print_answers(const instruct::Tally& tally) {
  for (const auto& [kind, answers] : tally.answers) {
    std::vector<std::pair<std::size_t, std::string>> sorted;
    for (const auto& [answer, count] : answers) sorted.emplace_back(count, answer);
    std::sort(sorted.rbegin(), sorted.rend());
    std::cout << "  " << name_of(kind) << ": ";
    for (std::size_t i = 0; i < std::min<std::size_t>(4, sorted.size()); ++i)
      std::cout << (i == 0 ? "" : ", ") << sorted[i].second << ' ' << sorted[i].first;
    std::cout << (sorted.size() > 4 ? cat(", and ", sorted.size() - 4, " others") : "") << '\n';
  }
}

}  // namespace

void print(const instruct::Tally& tally) {
  print_samples(tally);
  if (!tally.statements.empty()) print_statements(tally);
  if (!tally.positions.empty()) {
    std::cout << "\nright answers of choices by place:";
    for (std::size_t i = 0; i < tally.positions.size(); ++i)
      std::cout << ' ' << static_cast<char>('A' + i) << ' ' << tally.positions[i];
    std::cout << '\n';
  }
  if (!tally.answers.empty()) std::cout << "\nanswers:\n";
  print_answers(tally);
  print_skipped(tally);
}

}  // namespace ecg_lora::tools
