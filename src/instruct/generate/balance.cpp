#include "balance.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace ecg_lora::instruct {
namespace {

/// FNV-1a: a number for a code that is the same on every machine.
std::uint64_t number_of(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

void order(const GenerationInput& given, QuestionKind kind, const std::string& code,
           Places& places) {
  std::vector<std::pair<std::uint64_t, std::size_t>> keyed;
  keyed.reserve(places.size());
  for (const std::size_t p : places)
    keyed.emplace_back(stream_of(given.seed, given.recordings[p].id, kind, code).bits(), p);
  std::sort(keyed.begin(), keyed.end());
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = keyed[i].second;
}

std::vector<Sides> sides_of(const GenerationInput& given, GenerationStatistics& statistics) {
  std::vector<Sides> sides(given.table.size());
  for (std::size_t s = 0; s < sides.size(); ++s) {
    auto& counts = statistics.statements[given.table[s].code] = {};
    for (std::size_t i = 0; i < given.recordings.size(); ++i) {
      const Evidence evidence = given.table.of(given.recordings[i], s);
      if (evidence == Evidence::yes)
        sides[s].yes.push_back(i);
      else if (evidence == Evidence::no)
        sides[s].no.push_back(i);
      else
        ++counts.left_out[reason_of(evidence)];
    }
    counts.could_be_yes = sides[s].yes.size();
    counts.could_be_no = sides[s].no.size();
  }
  return sides;
}

Places rarest_first(const std::vector<Sides>& sides) {
  Places statements(sides.size());
  std::iota(statements.begin(), statements.end(), std::size_t{0});
  std::stable_sort(statements.begin(), statements.end(), [&](std::size_t a, std::size_t b) {
    return sides[a].pairs() < sides[b].pairs();
  });
  return statements;
}

const std::size_t* next_with_room(const Places& places, std::size_t& at, const Places& room) {
  while (at < places.size() && room[places[at]] == 0) ++at;
  return at < places.size() ? &places[at++] : nullptr;
}

Random stream_of(std::uint64_t seed, std::int64_t id, QuestionKind kind, const std::string& code) {
  return Random{seed, static_cast<std::uint64_t>(id), static_cast<std::uint64_t>(kind),
                number_of(code)};
}

std::vector<PlannedQuestion> plan_yes_no(const GenerationInput& given, std::vector<Sides> sides,
                                         GenerationStatistics& statistics) {
  const auto most = given.options.per_record == 0
                        ? given.table.size()
                        : static_cast<std::size_t>(given.options.per_record);
  Places room(given.recordings.size(), most);
  std::vector<PlannedQuestion> plan;
  for (const std::size_t s : rarest_first(sides)) {
    order(given, QuestionKind::yes_no, given.table[s].code, sides[s].yes);
    order(given, QuestionKind::yes_no, given.table[s].code, sides[s].no);
    std::size_t yes_at = 0, no_at = 0;
    while (true) {
      const std::size_t *yes = next_with_room(sides[s].yes, yes_at, room),
                        *no = next_with_room(sides[s].no, no_at, room);
      if (yes == nullptr || no == nullptr) break;
      for (const std::size_t* recording : {yes, no}) {
        --room[*recording];
        plan.push_back({*recording, QuestionKind::yes_no, s, recording == yes, {}});
      }
      ++statistics.statements[given.table[s].code].yes;
      ++statistics.statements[given.table[s].code].no;
    }
  }
  return plan;
}

std::vector<bool> thin(const GenerationInput& given, QuestionKind kind,
                       const std::vector<std::string>& answers) {
  std::map<std::string, Places> by_answer;
  for (std::size_t i = 0; i < answers.size(); ++i)
    if (!answers[i].empty()) by_answer[answers[i]].push_back(i);
  std::vector<bool> left_out(answers.size(), false);
  if (by_answer.size() < 2 || given.options.largest_share >= 1) return left_out;
  const auto largest = std::max_element(
      by_answer.begin(), by_answer.end(),
      [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  std::size_t others = 0;
  for (const auto& [answer, places] : by_answer)
    others += answer == largest->first ? 0 : places.size();
  const double share = given.options.largest_share;
  const auto kept = static_cast<std::size_t>(static_cast<double>(others) * share / (1 - share));
  order(given, kind, largest->first, largest->second);
  for (std::size_t i = kept; i < largest->second.size(); ++i) left_out[largest->second[i]] = true;
  return left_out;
}

}  // namespace ecg_lora::instruct
