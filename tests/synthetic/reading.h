// What a reader measures on a noisy 12-lead recording, from the samples alone: beats, the typical
// beat, its waves.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ecg_lora/ecg/wfdb/record.h"

namespace ecg_lora::testing {

class Reading {
 public:
  /// Of a recording at 500 Hz.
  explicit Reading(const wfdb::Record& record);

  // The rhythm. Times and distances in s.
  const std::vector<double>& beats() const { return beats_; }
  const std::vector<double>& distances() const { return rr_; }
  double rate() const;       ///< beats a minute
  double variation() const;  ///< standard deviation of the distances, relative
  double median_rr() const { return median_rr_; }
  /// How beat `i` resembles the typical one: correlation over all leads.
  double likeness(std::size_t i) const;
  double p_scatter() const;  ///< standard deviation of the distance from P to QRS, s
  int spikes() const;        ///< pulses too sharp for a heart
  /// Amplitude in mV of the strongest wave between `low` and `high` Hz, with QRS taken out.
  double wave(const std::string& lead, double low, double high) const;

  // The typical beat: the median of all, against the level before QRS. Times in s from the onset of
  // QRS.
  double at(const std::string& lead, double time) const;
  double highest(const std::string& lead, double from, double to) const;
  double lowest(const std::string& lead, double from, double to) const;
  double time_of_highest(const std::string& lead, double from, double to) const;
  /// How far the lead rises, between two times, above the line that joins its values there.
  double rise(const std::string& lead, double from, double to) const;
  /// How far it falls below that line.
  double dip(const std::string& lead, double from, double to) const;

  double width() const { return width_; }        ///< of QRS
  double upstroke() const { return upstroke_; }  ///< from 15 to 60 % of the greatest speed of QRS
  double r(const std::string& lead) const { return highest(lead, 0, width_); }
  double s(const std::string& lead) const { return lowest(lead, 0, width_); }
  double swing(const std::string& lead) const { return r(lead) - s(lead); }
  double early_r(const std::string& lead) const { return highest(lead, 0, 0.045); }
  double q(const std::string& lead) const { return lowest(lead, 0, 0.045); }
  double axis() const;                            ///< degrees
  double st(const std::string& lead) const;       ///< 60 to 80 ms after QRS
  double t(const std::string& lead) const;        ///< its extreme
  double t_width(const std::string& lead) const;  ///< at half its height
  double qtc() const;                             ///< by the tangent, Bazett
  double p_lead_time() const;                     ///< summit of P in II to the onset of QRS
  bool has_p() const { return rise("II", -p_lead_time() - 0.07, -p_lead_time() + 0.07) > 0.04; }

 private:
  void find_beats();
  void find_typical();
  void find_qrs();
  const std::vector<double>& samples(const std::string& lead) const {
    return record_->lead(lead).samples;
  }
  double t_peak(const std::string& lead) const;

  const wfdb::Record* record_;
  std::vector<double> speed_, beats_, rr_;
  double median_rr_ = 0, width_ = 0, upstroke_ = 0,
         onset_ = 0;  // onset_ in s after the start of the window
  std::map<std::string, std::vector<double>> typical_;
};

}  // namespace ecg_lora::testing
