// The typical beat of a recording: what most beats have in common.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/ecg/features/beats.h"
#include "filter.h"

namespace ecg_lora::features {

class MedianBeat {
 public:
  /// Point for point the median over the beats, for each voltage lead, in mV, from `kBefore` s
  /// before to `kAfter` s after the middle of QRS.
  MedianBeat(const wfdb::Record& record, const Beats& beats);

  static constexpr double kBefore = 0.25, kAfter = 0.25;

  bool has(const std::string& lead) const { return find(lead) != nullptr; }
  /// Over QRS, against the level just before it, mV. The lead must be there.
  Signal qrs(const std::string& lead) const;
  /// From the end of QRS to the end of the beat, against the same level, mV: ST segment and most of
  /// the T wave. May be empty.
  Signal after_qrs(const std::string& lead) const;
  double qrs_width() const { return static_cast<double>(offset_ - onset_) / rate_; }  ///< s
  double sampling_rate() const { return rate_; }

 private:
  double level(const Signal& samples) const;
  struct LeadBeat {
    std::string name;
    Signal samples;
  };
  const Signal* find(const std::string& lead) const;
  void find_qrs();

  double rate_;
  std::vector<LeadBeat> leads_;
  std::size_t onset_ = 0, offset_ = 0;  ///< samples of QRS: [onset, offset)
};

}  // namespace ecg_lora::features
