// A recording as the audit compares it: three leads at one rate, without drift and high
// frequencies.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/ecg/wfdb/record.h"

namespace ecg_lora::leakage {

constexpr double kRate = 100;  ///< Hz, of traces
constexpr std::size_t kLeads =
    3;  ///< I, II, V2: independent of each other, and in every 12-lead recording
constexpr double kTrimmed = 0.5;  ///< s at either end, where the filters see only one side
constexpr double kShortest = 5;   ///< s; a shorter recording is not recognised reliably

struct ComparedTrace {
  std::array<std::vector<std::int16_t>, kLeads> leads;  ///< of equal length, in units of `scale`
  double scale = 0;                                     ///< physical units (mV) of 1

  std::size_t length() const { return leads[0].size(); }
  std::size_t bytes() const { return kLeads * length() * sizeof(std::int16_t); }
};

/// Band from about 0.7 to 15 Hz, sampled at kRate whatever the record's rate. Throws a data error
/// that says why a record cannot be compared (a lead is missing, too short, flat, invalid).
ComparedTrace make_trace(const wfdb::Record& record);

/// The same trace in both, as far as they overlap.
struct Match {
  double correlation = 0;
  double lag = 0;           ///< samples of `a` from its start to the start of `b`
  double gain = 0;          ///< amplitude of b over that of a
  std::size_t overlap = 0;  ///< samples
};

/// Correlates around a guess of the lag, leads together, and finds the best lag to a fraction of a
/// sample. The correlation is 0 if fewer than `least` samples overlap, and a rough one, too low,
/// if no refinement can lift it to `least_correlation`.
Match match(const ComparedTrace& a, const ComparedTrace& b, std::ptrdiff_t lag, std::size_t least,
            double least_correlation);

}  // namespace ecg_lora::leakage
