// One page that stands alone about a training run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/cost/record.h"

namespace ecg_lora::report {

/// What a run folder holds.
struct TrainingRun {
  std::string name;
  bool finished = false;
  Json config;                ///< config.json
  Json data;                  ///< data.json; null where a run has none
  std::vector<Json> metrics;  ///< the lines of metrics.jsonl
  std::vector<std::string>
      pages;  ///< PNG bytes of the sample pages, by their number; empty where there is none
  std::optional<cost::Record> cost;  ///< cost.json; nothing where a run has none
  std::int64_t left_out = 0;         ///< lines of skipped.jsonl
};

/// The whole page as HTML: curves, warnings, sample pages with the answers at each
/// validation, cost, data and config. It names nothing outside itself.
std::string training_page(const TrainingRun& run);

}  // namespace ecg_lora::report
