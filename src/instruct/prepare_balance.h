// Which of the possible questions are asked, so that no answer can be guessed from how often it is right.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/base/random.h"
#include "prepare_evidence.h"

namespace ecg_lora::instruct {

/// The random stream of a question: a pure function of its arguments.
Random stream_of(std::uint64_t seed, std::int64_t id, Kind kind, const std::string& code = "");

/// A question that will be asked.
struct Planned {
  std::size_t subject = 0;
  Kind kind = Kind::yes_no;
  std::size_t statement = 0;           ///< of yes_no and choice
  bool yes = false;                    ///< of yes_no
  std::vector<std::size_t> options;    ///< of choice: statements, in the order of their letters; `statement` is one of them
};

/// What every part of the plan reads.
struct Case {
  const std::vector<Subject>& subjects;
  const StatementTable& table;
  const PrepareOptions& options;
  std::uint64_t seed;
};

/// Yes and no in equal numbers for each statement; counts what is possible and what is left out.
std::vector<Planned> plan_yes_no(const Case& given, Tally& tally);

/// A choice for each recording that has a statement and enough that it certainly has not.
std::vector<Planned> plan_choices(const Case& given, Tally& tally);

/// Subjects to leave out so that no answer of `answers` (one a subject, empty for none) makes more than `largest_share` of what remains; all remain where there
/// is only one answer.
std::vector<bool> thin(const Case& given, Kind kind, const std::vector<std::string>& answers);

}  // namespace ecg_lora::instruct
