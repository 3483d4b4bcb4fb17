// Progress with rate and time left: a bar on a terminal, a plain line every few seconds otherwise.
// Writes to stderr.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace ecg_lora {

/// The progress of one loop. Thread-safe.
class Progress {
 public:
  /// `total` steps of `unit` (plural, for example "records"), headed by `label`.
  Progress(std::string label, std::int64_t total, std::string unit);
  ~Progress();

  /// From any thread: counts `steps` more; `note` (for example "loss 0.31") is shown at the end of
  /// the line.
  void advance(std::int64_t steps = 1, const std::string& note = "");
  /// Ends the line. Called by the destructor if it was not before.
  void finish();

 private:
  void draw(bool last);

  std::string label_, unit_, note_;
  std::int64_t total_, done_ = 0;
  std::chrono::steady_clock::time_point start_, drawn_;
  bool terminal_, finished_ = false, shown_ = false;
};

/// "1 h 02 min", "3 min 20 s", "12 s".
std::string format_duration(double seconds);

}  // namespace ecg_lora
