#include <algorithm>

#include "balance.h"

namespace ecg_lora::instruct {
namespace {

constexpr const char* kTooFew = "too few statements that certainly do not apply";

/// One right answer a recording, each statement at most as often as it has pairs.
std::vector<PlannedQuestion> right_answers(const GenerationInput& given,
                                           std::vector<Sides>& sides) {
  Places room(given.recordings.size(), 1);
  std::vector<PlannedQuestion> choices;
  for (const std::size_t s : rarest_first(sides)) {
    order(given, QuestionKind::choice, given.table[s].code, sides[s].yes);
    std::size_t at = 0;
    for (std::size_t n = 0; n < sides[s].pairs(); ++n) {
      const std::size_t* recording = next_with_room(sides[s].yes, at, room);
      if (recording == nullptr) break;
      --room[*recording];
      choices.push_back({*recording, QuestionKind::choice, s, true, {}});
    }
  }
  return choices;
}

/// The most that a statement of a family may be right, so that it can also be offered `options` - 1
/// times as often if it is wrong: a share of 1 / options of the whole. Without a limit if too
/// few statements are ever right.
std::size_t limit_of(const Places& right, std::size_t options) {
  if (static_cast<std::size_t>(
          std::count_if(right.begin(), right.end(), [](std::size_t n) { return n > 0; })) < options)
    return static_cast<std::size_t>(-1);
  std::size_t limit = *std::max_element(right.begin(), right.end());
  while (true) {
    std::size_t whole = 0;
    for (const std::size_t n : right) whole += std::min(n, limit);
    if (limit <= std::max<std::size_t>(1, whole / options)) return limit;
    limit = std::max<std::size_t>(1, whole / options);
  }
}

/// How often each statement is right, all families in one list.
Places counts_of(const GenerationInput& given, const std::vector<PlannedQuestion>& choices,
                 bool rhythm) {
  Places right(given.table.size(), 0);
  for (const PlannedQuestion& choice : choices)
    if (given.table.is_rhythm(choice.statement) == rhythm) ++right[choice.statement];
  return right;
}

/// Drops right answers beyond the limit of their family, those drawn last.
std::vector<PlannedQuestion> limited(const GenerationInput& given,
                                     std::vector<PlannedQuestion> choices,
                                     GenerationStatistics& statistics) {
  const auto options = static_cast<std::size_t>(given.options.options);
  const std::size_t limits[2] = {limit_of(counts_of(given, choices, false), options),
                                 limit_of(counts_of(given, choices, true), options)};
  Places right(given.table.size(), 0);
  std::vector<PlannedQuestion> kept;
  for (PlannedQuestion& choice : choices) {
    if (++right[choice.statement] <= limits[given.table.is_rhythm(choice.statement) ? 1 : 0])
      kept.push_back(std::move(choice));
    else
      statistics.skipped[{QuestionKind::choice, "its answer is frequent enough already"}].push_back(
          given.recordings[choice.recording].id);
  }
  return kept;
}

/// Draws wrong options, each statement the likelier the more often it has yet to be offered;
/// `missing` counts down.
Places wrong_options(const GenerationInput& given, const PlannedQuestion& choice,
                     std::vector<double>& missing, Random& random) {
  Places fitting, wrong;
  for (std::size_t s = 0; s < given.table.size(); ++s)
    if (s != choice.statement &&
        given.table.is_rhythm(s) == given.table.is_rhythm(choice.statement) &&
        given.table.of(given.recordings[choice.recording], s) == Evidence::no)
      fitting.push_back(s);
  while (!fitting.empty() && wrong.size() + 1 < static_cast<std::size_t>(given.options.options)) {
    double whole = 0;
    for (const std::size_t s : fitting) whole += std::max(missing[s], 0.0) + 1e-6;
    double drawn = random.uniform(0, whole);
    std::size_t at = 0;
    while (at + 1 < fitting.size() && (drawn -= std::max(missing[fitting[at]], 0.0) + 1e-6) > 0)
      ++at;
    wrong.push_back(fitting[at]);
    fitting.erase(fitting.begin() + static_cast<std::ptrdiff_t>(at));
  }
  if (wrong.size() + 1 < static_cast<std::size_t>(given.options.options)) return {};
  for (const std::size_t s : wrong) missing[s] -= 1;
  return wrong;
}

/// The order in which choices draw their wrong options: each one's key depends on it alone.
Places drawing_order(const GenerationInput& given, const std::vector<PlannedQuestion>& choices) {
  std::vector<std::pair<std::uint64_t, std::size_t>> keyed;
  for (std::size_t c = 0; c < choices.size(); ++c) {
    const auto id = given.recordings[choices[c].recording].id;
    keyed.emplace_back(stream_of(given.seed, id, QuestionKind::choice, "order").bits(), c);
  }
  std::sort(keyed.begin(), keyed.end());
  Places order;
  for (const auto& [key, c] : keyed) order.push_back(c);
  return order;
}

/// Puts the right answer among the wrong options of `choice`, at each place equally often.
void place_answer(const GenerationInput& given, std::size_t number, PlannedQuestion& choice,
                  GenerationStatistics& statistics) {
  const std::size_t position = number % statistics.positions.size();
  choice.options.insert(choice.options.begin() + static_cast<std::ptrdiff_t>(position),
                        choice.statement);
  ++statistics.positions[position];
  ++statistics.statements[given.table[choice.statement].code].chosen;
  for (const std::size_t s : choice.options) ++statistics.statements[given.table[s].code].offered;
}

}  // namespace

std::vector<PlannedQuestion> plan_choices(const GenerationInput& given, std::vector<Sides> sides,
                                          GenerationStatistics& statistics) {
  auto choices = limited(given, right_answers(given, sides), statistics);
  std::vector<double> missing(given.table.size(), 0);
  for (const auto& choice : choices) missing[choice.statement] += given.options.options - 1;
  statistics.positions.assign(static_cast<std::size_t>(given.options.options), 0);
  std::vector<PlannedQuestion> plan;
  for (const std::size_t c : drawing_order(given, choices)) {
    PlannedQuestion& choice = choices[c];
    const auto id = given.recordings[choice.recording].id;
    Random random = stream_of(given.seed, id, QuestionKind::choice, "options");
    choice.options = wrong_options(given, choice, missing, random);
    if (choice.options.empty()) {
      statistics.skipped[{QuestionKind::choice, kTooFew}].push_back(id);
      continue;
    }
    place_answer(given, plan.size(), choice, statistics);
    plan.push_back(std::move(choice));
  }
  return plan;
}

}  // namespace ecg_lora::instruct
