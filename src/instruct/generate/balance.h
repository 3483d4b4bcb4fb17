// Which of the possible questions are asked, so that no answer can be guessed from how often it is
// right.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/base/random.h"
#include "ecg_lora/instruct/generate/generation_statistics.h"
#include "ecg_lora/instruct/generate/question_kind.h"
#include "evidence.h"

namespace ecg_lora::instruct {

using Places = std::vector<std::size_t>;  ///< of recordings, or of statements

/// The random stream of a question: a pure function of its arguments.
Random stream_of(std::uint64_t seed, std::int64_t id, QuestionKind kind,
                 const std::string& code = "");

/// A question that will be asked.
struct PlannedQuestion {
  std::size_t recording = 0;
  QuestionKind kind = QuestionKind::yes_no;
  std::size_t statement = 0;         ///< of yes_no and choice
  bool yes = false;                  ///< of yes_no
  std::vector<std::size_t> options;  ///< of choice: statements, in the order of their letters;
                                     ///< `statement` is one of them
};

/// What every part of the plan reads.
struct GenerationInput {
  const std::vector<SourceRecording>& recordings;
  const StatementTable& table;
  const GenerationOptions& options;
  std::uint64_t seed;
};

/// Puts recordings in an order drawn for (seed, kind, code) that each recording's own id decides.
void order(const GenerationInput& given, QuestionKind kind, const std::string& code,
           Places& places);

/// Recordings for which a statement holds, and for which it certainly does not.
struct Sides {
  Places yes, no;
  std::size_t pairs() const { return std::min(yes.size(), no.size()); }
};

/// For each statement; counts what is possible and what is left out.
std::vector<Sides> sides_of(const GenerationInput& given, GenerationStatistics& statistics);

/// Statements with fewer pairs first: common ones find a place in what is left.
Places rarest_first(const std::vector<Sides>& sides);

/// The next recording of `places` from `at` on that has room; nullptr at the end.
const std::size_t* next_with_room(const Places& places, std::size_t& at, const Places& room);

/// Yes and no in equal numbers for each statement.
std::vector<PlannedQuestion> plan_yes_no(const GenerationInput& given, std::vector<Sides> sides,
                                         GenerationStatistics& statistics);

/// A choice for each recording that has a statement and enough of its family (rhythm, or other)
/// that it certainly has not. No statement is right more often than the others can make up for as
/// options.
std::vector<PlannedQuestion> plan_choices(const GenerationInput& given, std::vector<Sides> sides,
                                          GenerationStatistics& statistics);

/// Recordings to leave out so that no answer of `answers` (one a recording, empty for none) makes
/// more than `largest_share` of what remains; all remain if there is only one answer.
std::vector<bool> thin(const GenerationInput& given, QuestionKind kind,
                       const std::vector<std::string>& answers);

}  // namespace ecg_lora::instruct
