// Which of the possible questions are asked, so that no answer can be guessed from how often it is
// right.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/base/random.h"
#include "prepare_evidence.h"

namespace ecg_lora::instruct {

using Places = std::vector<std::size_t>;  ///< of subjects, or of statements

/// The random stream of a question: a pure function of its arguments.
Random stream_of(std::uint64_t seed, std::int64_t id, Kind kind, const std::string& code = "");

/// A question that will be asked.
struct Planned {
  std::size_t subject = 0;
  Kind kind = Kind::yes_no;
  std::size_t statement = 0;         ///< of yes_no and choice
  bool yes = false;                  ///< of yes_no
  std::vector<std::size_t> options;  ///< of choice: statements, in the order of their letters;
                                     ///< `statement` is one of them
};

/// What every part of the plan reads.
struct Case {
  const std::vector<Subject>& subjects;
  const StatementTable& table;
  const PrepareOptions& options;
  std::uint64_t seed;
};

/// Puts subjects in an order drawn for (seed, kind, code) that each subject's own id decides.
void order(const Case& given, Kind kind, const std::string& code, Places& places);

/// Subjects for which a statement holds, and for which it certainly does not.
struct Sides {
  Places yes, no;
  std::size_t pairs() const { return std::min(yes.size(), no.size()); }
};

/// For each statement; counts what is possible and what is left out.
std::vector<Sides> sides_of(const Case& given, GenerationStatistics& statistics);

/// Statements with fewer pairs first: common ones find a place in what is left.
Places rarest_first(const std::vector<Sides>& sides);

/// The next subject of `places` from `at` on that has room; nullptr at the end.
const std::size_t* next_with_room(const Places& places, std::size_t& at, const Places& room);

/// Yes and no in equal numbers for each statement.
std::vector<Planned> plan_yes_no(const Case& given, std::vector<Sides> sides,
                                 GenerationStatistics& statistics);

/// A choice for each recording that has a statement and enough of its family (rhythm, or other)
/// that it certainly has not. No statement is right more often than the others can make up for as
/// options.
std::vector<Planned> plan_choices(const Case& given, std::vector<Sides> sides,
                                  GenerationStatistics& statistics);

/// Subjects to leave out so that no answer of `answers` (one a subject, empty for none) makes more
/// than `largest_share` of what remains; all remain where there is only one answer.
std::vector<bool> thin(const Case& given, Kind kind, const std::vector<std::string>& answers);

}  // namespace ecg_lora::instruct
