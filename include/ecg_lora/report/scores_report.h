// Scores for programs (scores.json) and for people (a table on the terminal).
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/metrics/labels/evaluation.h"

namespace ecg_lora::report {

/// Something that was counted instead of being passed over.
struct Notice {
  std::string key;  ///< in scores.json
  std::int64_t count = 0;
  std::string
      text;  ///< what was counted, after the number: "records of the test folds have no prediction"
};

/// What the scores were computed from.
struct Provenance {
  /// "folds 1-8 train, 9 chooses thresholds, 10 tests", or what differs from that.
  std::string folds;
  std::string sample;  ///< why this is a part of the test set only; empty where it is whole
  Json details;        ///< config, hashes, version
  /// What the probabilities are.
  std::string score = "P(yes) from the likelihoods of the answer variants, softmax over yes and no";
  std::vector<Notice> notices = {};
};

Json scores_json(const metrics::Evaluation& evaluation, const Provenance& provenance);

/// Macro first, then a line a label, then baselines, aligned.
std::string scores_table(const metrics::Evaluation& evaluation, const Provenance& provenance);

}  // namespace ecg_lora::report
