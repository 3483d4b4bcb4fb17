// Curves for TensorBoard, in an event file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "ecg_lora/base/json.h"

namespace ecg_lora::train {

/// CRC-32C (Castagnoli; RFC 3720) masked as TFRecord has it: rotated right by 15 bits, plus
/// 0xa282ead8.
std::uint32_t masked_crc32c(std::string_view bytes);

/// An event file, `folder`/events.out.tfevents.<seconds>.<host>.<process>. A file is a row of
/// TFRecords (8 bytes of length, their masked CRC-32C, the message, its masked CRC-32C,
/// little-endian), each a tensorflow.Event.
class EventFile {
 public:
  /// Opens a new file for a run that goes on after `step`; what older files have beyond it is
  /// declared void. Data error where it cannot be written.
  EventFile(const std::filesystem::path& folder, std::int64_t step);

  /// Writes the numbers of a line of metrics.jsonl as train/… and validation/… .
  void add(const Json& line);

 private:
  void write(const std::string& message);

  std::filesystem::path file_;
  std::ofstream out_;
};

}  // namespace ecg_lora::train
