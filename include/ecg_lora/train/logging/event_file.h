// Curves for TensorBoard, in an event file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "ecg_lora/base/json.h"

namespace ecg_lora::train {

/// An event file, `folder`/events.out.tfevents.<seconds>.<host>.<process>: TFRecords one after the
/// other (8 bytes of length, their masked CRC-32C, the message, its masked CRC-32C, little-endian),
/// each a tensorflow.Event.
class EventFile {
 public:
  /// Opens a new file for a run that goes on after `step`; what older files have beyond it is
  /// declared void. Data error if it cannot be written.
  EventFile(const std::filesystem::path& folder, std::int64_t step);

  /// Writes the numbers of a line of metrics.jsonl as train/… and validation/… . Data error if it
  /// cannot be written.
  void add(const Json& line);

 private:
  void write(const std::string& message);

  std::filesystem::path file_;
  std::ofstream out_;
};

}  // namespace ecg_lora::train
