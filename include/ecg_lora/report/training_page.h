// A page about a training run that needs no other file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/cost/cost_record.h"

namespace ecg_lora::report {

/// What a run folder holds.
struct TrainingRun {
  std::string name;
  bool finished = false;
  Json config;                           ///< config.json
  Json data;                             ///< data.json; null if the run has none
  std::vector<Json> metrics;             ///< the lines of metrics.jsonl
  std::vector<std::string> pages;        ///< PNG bytes of each sample page; empty if there is none
  std::optional<cost::CostRecord> cost;  ///< cost.json; empty if the run has none
  std::int64_t left_out = 0;             ///< lines of skipped.jsonl
};

/// The whole page as HTML: curves, warnings, sample pages with the answers at each
/// validation, cost, data and config, without links to other files.
std::string training_page(const TrainingRun& run);

}  // namespace ecg_lora::report
