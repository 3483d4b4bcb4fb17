// How strongly QRS-like slopes show at each moment, over the leads of a recording.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/ecg/wfdb/record.h"
#include "filter.h"

namespace ecg_lora::features {

struct SlopeEnergy {
  Signal height;              ///< 1 where a typical beat is; 0 where no lead is valid
  std::vector<bool> valid;    ///< whether any lead is
  std::vector<Signal> leads;  ///< in the pass band, those that took part; a typical beat reaches a
                              ///< slope energy of 1
};

/// Combines `leads`. `leads` of the result is empty if none of them has a beat-like signal in
/// half of its length or more.
SlopeEnergy combined_slope_energy(const std::vector<const wfdb::Lead*>& leads,
                                  double sampling_rate);

/// Leads that are a voltage, in the order of the record.
std::vector<const wfdb::Lead*> voltage_leads(const wfdb::Record& record);

/// mV for one unit of the lead; 0 if it is no voltage.
double millivolts(const wfdb::Lead& lead);

}  // namespace ecg_lora::features
