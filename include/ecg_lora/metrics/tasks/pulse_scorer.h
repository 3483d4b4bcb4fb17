// The scorer published with ECGBench (evaluate_ecgbench.py of PULSE), for comparison with published
// figures. It finds labels as substrings, whether negated or not, replaces what it cannot read by
// lot, and calls balanced accuracy AUC; this project's own scores are those of task_scores.h.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ecg_lora::metrics {

/// Python's random.Random(seed), as far as random.choice needs it: MT19937 (Matsumoto and Nishimura
/// 1998).
class PythonRandom {
 public:
  explicit PythonRandom(std::uint32_t seed);
  /// Uniform in [0, count), as random.choice over `count` items draws.
  std::uint32_t below(std::uint32_t count);

 private:
  std::uint32_t bits();
  std::array<std::uint32_t, 624> state_;
  std::size_t at_ = 624;
};

/// A file that the scorer knows.
struct PulseTask {
  std::string name;
  /// The scorer silently skips a file with another number of answers; 0: it takes any.
  std::int64_t expected = 0;
};
/// In the order in which it scores them, which decides what is drawn.
const std::vector<PulseTask>& pulse_tasks();

struct PulseAnswer {
  std::string question, text;
  std::string reference;                ///< gold as the file has it
  std::vector<std::string> references;  ///< the same as a list (ecgqa-test)
};

struct PulseScores {
  std::string task;
  std::int64_t answers = 0, drawn = 0;  ///< drawn: replaced by lot
  /// accuracy; or f1, auc (NaN if a class has no negative) and hamming_loss.
  std::map<std::string, double> values;
};

/// `task` is the name of one of pulse_tasks(). `random` is seeded with 42 and runs through all
/// tasks, in the order of pulse_tasks().
PulseScores pulse_scores(const std::string& task, const std::vector<PulseAnswer>& answers,
                         PythonRandom& random);

}  // namespace ecg_lora::metrics
