// Runs of ecg-lora eval from their folders, as they were scored there.
#pragma once

#include <filesystem>

#include "ecg_lora/report/comparison_report.h"

namespace ecg_lora::evaluation {

/// A folder that ecg-lora eval wrote.
struct EvalRun {
  report::RunOrigin origin;
  std::filesystem::path predictions;
  bool tasks = false;  ///< answers to instruction tasks, not to labels
  Json scores;         ///< scores.json
};

/// Data error that names the folder or file if ecg-lora eval did not write it, or if its
/// predictions have changed since it was scored.
EvalRun open_run(const std::filesystem::path& folder);

/// What the run scored, left out and counted by the rules of ecg-lora eval; the counts go to
/// `run.origin`. Data error if the data set's table has changed since.
metrics::LabelRun label_run(EvalRun& run);
metrics::TaskRun task_run(const EvalRun& run);

}  // namespace ecg_lora::evaluation
