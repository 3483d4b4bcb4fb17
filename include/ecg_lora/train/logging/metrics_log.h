// metrics.jsonl: what happened in a run, one JSON object per line, each with its step.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "ecg_lora/base/json.h"

namespace ecg_lora::train {

/// The lines of a metrics.jsonl. A last line without an end, which a killed run leaves, is left
/// out; data error for any other that is no JSON object with a step.
std::vector<Json> read_metrics(const std::filesystem::path& file);

class MetricsLog {
 public:
  explicit MetricsLog(std::filesystem::path file) : file_(std::move(file)) {}

  /// What the file holds, as read_metrics() gives it; nothing if there is none.
  std::vector<Json> lines() const;
  /// Keeps the lines up to and with `step`, so that no step stands there twice once the run goes on
  /// from it. Data error if the file is damaged or cannot be written.
  void cut_after(std::int64_t step);
  /// Appends a line, whole or not at all. Data error if it cannot be written.
  void append(const Json& line);

 private:
  std::filesystem::path file_;
};

}  // namespace ecg_lora::train
