// How long the conversations about records are, before any is used.
#pragma once

#include <cstdint>
#include <vector>

#include "ecg_lora/data/loader/batch_maker.h"
#include "ecg_lora/ecg/ptbxl/database.h"
#include "ecg_lora/instruct/format/record_questions.h"

namespace ecg_lora::data {

/// Of conversations with their answers.
struct Lengths {
  std::int64_t samples = 0;   ///< questions on records
  std::int64_t too_long = 0;  ///< those with more than batch.max_tokens tokens
  std::size_t longest = 0;    ///< tokens
};

/// Measures every question of `samples`, which index the records of `database`, with its answer;
/// equal ones once, in `threads` threads (0 for all cores). Usage error that counts
/// those that are too long and names the longest if batch.too_long is stop. Shows progress if it
/// takes long.
Lengths measure_lengths(const BatchMaker& maker, const ptbxl::Database& database,
                        const std::vector<instruct::RecordQuestions>& samples, int threads);

}  // namespace ecg_lora::data
