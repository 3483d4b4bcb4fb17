// Scores for programs (scores.json) and for people (a table on the terminal).
#pragma once

#include <string>

#include "ecg_lora/base/json.h"
#include "ecg_lora/score/scores.h"

namespace ecg_lora::report {

/// What the scores were computed from.
struct Provenance {
  std::string folds;   ///< "folds 1-8 train, 9 chooses thresholds, 10 tests", or what differs from that
  std::string sample;  ///< why this is a part of the test set only; empty where it is whole
  Json details;        ///< config, hashes, version
};

Json scores_json(const score::Scores& scores, const Provenance& provenance);

/// Macro first, then a line a label, aligned.
std::string scores_table(const score::Scores& scores, const Provenance& provenance);

}  // namespace ecg_lora::report
