// Scores for programs (scores.json) and for people (a table on the terminal).
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/metrics/labels/evaluation.h"

namespace ecg_lora::report {

/// Something that was left out, is missing or is unusual, and how often.
struct Notice {
  std::string key;         ///< under "counts" of scores.json
  std::int64_t count = 0;  ///< with 0 it is in scores.json only
  /// What was counted, after the number: "records of the test folds have no prediction".
  std::string text;
};

/// What the scores were computed from.
struct Provenance {
  /// "folds 1-8 train, 9 chooses thresholds, 10 tests", or what differs from that.
  std::string folds;
  std::string sample;  ///< why this is a part of the test set only; empty if it is whole
  Json details;        ///< config, hashes, version
  /// What the probabilities are, in words.
  std::string score = "P(yes) from the likelihoods of the answer variants, softmax over yes and no";
  std::vector<Notice> notices = {};
};

/// scores.json (docs/formats/scores.md).
Json scores_json(const metrics::Evaluation& evaluation, const Provenance& provenance);

/// Macro first, then a line per label, then baselines, aligned; then what is to be noticed.
std::string scores_table(const metrics::Evaluation& evaluation, const Provenance& provenance);

}  // namespace ecg_lora::report
