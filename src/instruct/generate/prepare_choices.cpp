#include <algorithm>

#include "prepare_balance.h"

namespace ecg_lora::instruct {
namespace {

constexpr const char* kTooFew = "too few statements that certainly do not apply";

/// One right answer a subject, each statement at most as often as it has pairs.
std::vector<Planned> right_answers(const Case& given, std::vector<Sides>& sides) {
  Places room(given.subjects.size(), 1);
  std::vector<Planned> choices;
  for (const std::size_t s : rarest_first(sides)) {
    order(given, Kind::choice, given.table[s].code, sides[s].yes);
    std::size_t at = 0;
    for (std::size_t n = 0; n < sides[s].pairs(); ++n) {
      const std::size_t* subject = next_with_room(sides[s].yes, at, room);
      if (subject == nullptr) break;
      --room[*subject];
      choices.push_back({*subject, Kind::choice, s, true, {}});
    }
  }
  return choices;
}

/// The most that a statement of a family may be right, so that it can also be offered `options` - 1
/// times as often where it is wrong: a share of 1 / options of the whole. Without a limit where too
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
Places counts_of(const Case& given, const std::vector<Planned>& choices, bool rhythm) {
  Places right(given.table.size(), 0);
  for (const Planned& choice : choices)
    if (given.table.is_rhythm(choice.statement) == rhythm) ++right[choice.statement];
  return right;
}

/// Drops right answers beyond the limit of their family, those drawn last.
std::vector<Planned> limited(const Case& given, std::vector<Planned> choices,
                             GenerationStatistics& statistics) {
  const auto options = static_cast<std::size_t>(given.options.options);
  const std::size_t limits[2] = {limit_of(counts_of(given, choices, false), options),
                                 limit_of(counts_of(given, choices, true), options)};
  Places right(given.table.size(), 0);
  std::vector<Planned> kept;
  for (Planned& choice : choices) {
    if (++right[choice.statement] <= limits[given.table.is_rhythm(choice.statement) ? 1 : 0])
      kept.push_back(std::move(choice));
    else
      statistics.skipped[{Kind::choice, "its answer is frequent enough already"}].push_back(
          given.subjects[choice.subject].id);
  }
  return kept;
}

/// Draws wrong options, each statement the likelier the more often it has yet to be offered;
/// `missing` counts down.
Places wrong_options(const Case& given, const Planned& choice, std::vector<double>& missing,
                     Random& random) {
  Places fitting, wrong;
  for (std::size_t s = 0; s < given.table.size(); ++s)
    if (s != choice.statement &&
        given.table.is_rhythm(s) == given.table.is_rhythm(choice.statement) &&
        given.table.of(given.subjects[choice.subject], s) == Evidence::no)
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

}  // namespace

std::vector<Planned> plan_choices(const Case& given, std::vector<Sides> sides,
                                  GenerationStatistics& statistics) {
  std::vector<Planned> choices = limited(given, right_answers(given, sides), statistics), plan;
  std::vector<std::pair<std::uint64_t, std::size_t>> drawn;  // the order in which options are dealt
  std::vector<double> missing(given.table.size(), 0);
  for (std::size_t c = 0; c < choices.size(); ++c) {
    drawn.emplace_back(
        stream_of(given.seed, given.subjects[choices[c].subject].id, Kind::choice, "order").bits(),
        c);
    missing[choices[c].statement] += given.options.options - 1;
  }
  std::sort(drawn.begin(), drawn.end());
  statistics.positions.assign(static_cast<std::size_t>(given.options.options), 0);
  for (const auto& [bits, c] : drawn) {
    Planned& choice = choices[c];
    Random random =
        stream_of(given.seed, given.subjects[choice.subject].id, Kind::choice, "options");
    choice.options = wrong_options(given, choice, missing, random);
    if (choice.options.empty()) {
      statistics.skipped[{Kind::choice, kTooFew}].push_back(given.subjects[choice.subject].id);
      continue;
    }
    const std::size_t position = plan.size() % statistics.positions.size();
    choice.options.insert(choice.options.begin() + static_cast<std::ptrdiff_t>(position),
                          choice.statement);
    ++statistics.positions[position];
    ++statistics.statements[given.table[choice.statement].code].chosen;
    for (const std::size_t s : choice.options) ++statistics.statements[given.table[s].code].offered;
    plan.push_back(std::move(choice));
  }
  return plan;
}

}  // namespace ecg_lora::instruct
