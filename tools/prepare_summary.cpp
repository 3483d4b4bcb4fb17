#include "prepare_summary.h"

#include <algorithm>
#include <iomanip>
#include <iostream>

#include "ecg_lora/base/error.h"

namespace ecg_lora::tools {

Json describe(const instruct::Tally& tally) {
  Json kinds = Json::object(), statements = Json::object(), skipped = Json::array();
  for (const auto& [kind, samples] : tally.samples) {
    kinds[name_of(kind)] = {{"samples", samples}};
    if (const auto found = tally.answers.find(kind); found != tally.answers.end()) kinds[name_of(kind)]["answers"] = found->second;
  }
  for (const auto& [code, s] : tally.statements)
    statements[code] = {{"yes", s.yes}, {"no", s.no}, {"could_be_yes", s.could_be_yes}, {"could_be_no", s.could_be_no}, {"left_out", s.left_out}, {"chosen", s.chosen}, {"offered", s.offered}};
  for (const auto& [key, ids] : tally.skipped) skipped.push_back({{"kind", name_of(key.first)}, {"reason", key.second}, {"records", ids.size()}, {"ecg_ids", ids}});
  return {{"kinds", kinds}, {"positions", tally.positions}, {"statements", statements}, {"skipped", skipped}};
}

namespace {

void print_statements(const instruct::Tally& tally) {
  std::cout << "\nstatement      yes      no   left out  answer of a choice  option of one\n";
  for (const auto& [code, s] : tally.statements) {
    std::size_t left_out = 0;
    for (const auto& [reason, count] : s.left_out) left_out += count;
    if (s.yes + s.no + s.chosen + s.offered == 0) continue;
    std::cout << std::left << std::setw(10) << code << std::right << std::setw(8) << s.yes << std::setw(8) << s.no << std::setw(11) << left_out << std::setw(20) << s.chosen << std::setw(15) << s.offered << '\n';
  }
}

void print_answers(const instruct::Tally& tally) {
  for (const auto& [kind, answers] : tally.answers) {
    std::vector<std::pair<std::size_t, std::string>> sorted;
    for (const auto& [answer, count] : answers) sorted.emplace_back(count, answer);
    std::sort(sorted.rbegin(), sorted.rend());
    std::cout << "  " << name_of(kind) << ": ";
    for (std::size_t i = 0; i < std::min<std::size_t>(4, sorted.size()); ++i) std::cout << (i == 0 ? "" : ", ") << sorted[i].second << ' ' << sorted[i].first;
    std::cout << (sorted.size() > 4 ? cat(", and ", sorted.size() - 4, " others") : "") << '\n';
  }
}

}  // namespace

void print(const instruct::Tally& tally) {
  for (const auto& [kind, count] : tally.samples) std::cout << "  " << std::left << std::setw(12) << name_of(kind) << std::right << std::setw(7) << count << '\n';
  if (!tally.statements.empty()) print_statements(tally);
  if (!tally.positions.empty()) {
    std::cout << "\nright answers of choices by place:";
    for (std::size_t i = 0; i < tally.positions.size(); ++i) std::cout << ' ' << static_cast<char>('A' + i) << ' ' << tally.positions[i];
    std::cout << '\n';
  }
  if (!tally.answers.empty()) std::cout << "\nanswers:\n";
  print_answers(tally);
  if (!tally.skipped.empty()) std::cout << "\nrecordings without a sample of a kind:\n";
  for (const auto& [key, ids] : tally.skipped) std::cout << "  " << std::left << std::setw(12) << name_of(key.first) << std::right << std::setw(7) << ids.size() << "  " << key.second << '\n';
}

}  // namespace ecg_lora::tools
