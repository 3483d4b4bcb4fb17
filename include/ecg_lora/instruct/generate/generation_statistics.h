// What was made of a set of recordings, and what was not, for files and for people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/instruct/generate/question_kind.h"

namespace ecg_lora::instruct {

/// What became of a statement in questions of the kinds yes_no and choice.
struct StatementCounts {
  std::size_t yes = 0, no = 0;                    ///< samples
  std::size_t could_be_yes = 0, could_be_no = 0;  ///< recordings
  std::map<std::string, std::size_t> left_out;    ///< recordings that are neither, by reason
  std::size_t chosen = 0, offered = 0;            ///< right answer of a choice, and option of one
};

/// What was made, and what was not.
struct GenerationStatistics {
  std::map<std::string, StatementCounts> statements;  ///< by code
  std::vector<std::size_t> positions;                 ///< of the right answers of choices
  std::map<QuestionKind, std::size_t> samples;
  std::map<QuestionKind, std::map<std::string, std::size_t>>
      answers;  ///< by label, of the kinds whose answers are classes
  std::map<std::pair<QuestionKind, std::string>, std::vector<std::int64_t>>
      skipped;  ///< recordings without a sample of a kind, by reason
};

/// All counts, and the recordings that have no sample of a kind, by reason.
Json to_json(const GenerationStatistics& statistics);

/// The counts as tables.
std::string to_text(const GenerationStatistics& statistics);

}  // namespace ecg_lora::instruct
