// How numbers are written, in tables and pages alike.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/metrics/statistics/difference.h"
#include "ecg_lora/metrics/statistics/estimates.h"
#include "ecg_lora/report/comparison_report.h"

namespace ecg_lora::report {

/// "0.906"; "undefined" for nothing.
std::string fixed(std::optional<double> value, int digits = 3);
/// "0.906 (0.812-0.984)".
std::string estimate_text(const metrics::Estimate& estimate);
/// How intervals were made, in words; `paired` those of differences.
std::string intervals_text(const metrics::IntervalOptions& options, bool paired = false);
/// "+0.031"; "undefined" for nothing.
std::string signed_text(std::optional<double> value, int digits = 3);
/// "0.042"; "<0.001".
std::string p_text(std::optional<double> p);
Json number_json(std::optional<double> value);
/// {"value", "low", "high"}, and bca_low and bca_high where they were asked for and are defined.
Json estimate_json(const metrics::Estimate& estimate);
/// {"first", "second", "difference", "low", "high", "p"}.
Json difference_json(const metrics::Difference& difference);
/// "+0.031 (+0.010 +0.052) p 0.004"; "undefined" where one of the two is.
std::string difference_text(const metrics::Difference& difference);
/// {"name", `how_key`, "sample", "counts"}.
Json origin_json(const RunOrigin& origin, const char* how_key);
/// A line for how a run came about, one for a sample, and one for each thing that was counted.
std::string origin_text(const RunOrigin& origin);
/// The origin of a run on labels, with what its scores leave out among the notices.
RunOrigin counted_origin(const ComparedRun& run);

/// Columns of a table on the terminal: a name, a count, then values.
class Lines {
 public:
  Lines(std::size_t name_width, std::size_t count_width, std::size_t value_width)
      : name_(name_width), count_(count_width), value_(value_width) {}
  void row(const std::string& name, const std::string& count,
           const std::vector<std::string>& values);
  const std::string& text() const { return text_; }

 private:
  std::size_t name_, count_, value_;
  std::string text_;
};

}  // namespace ecg_lora::report
