// A run's cost for people: the same words in the log, on the page, in cards and in inspect.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ecg_lora/cost/cost_record.h"

namespace ecg_lora::cost {

/// ("device", "AMD EPYC, 2 cores"), … in the order to show them. What the machine does not tell is
/// said not to be available.
std::vector<std::pair<std::string, std::string>> card_rows(const CostRecord& record);

/// A row of what other settings would cost.
struct SettingCost {
  std::string setting;     ///< "rank 32"
  std::string memory;      ///< planned, "1.4 GiB"
  std::string arithmetic;  ///< of a step, "1.2 TFLOP"
  std::string relative;    ///< arithmetic over this run's, "0.93"
  std::string time;        ///< of this run's steps at its rate, "2 h 10 min"
  bool own = false;        ///< this run's settings
};
/// Titles of the columns, and what a reader must know of them.
std::vector<std::string> setting_cost_titles();
std::string setting_cost_note();
/// Empty if the record has no plan, or no arithmetic is known.
std::vector<SettingCost> setting_costs(const CostRecord& record);

/// Both as a section "## Cost" of a model card; `heading` in place of "Cost".
std::string markdown(const CostRecord& record, const std::string& heading = "Cost");

/// "1.23 TFLOP": three digits and the prefix that fits.
std::string with_prefix(double value, const std::string& unit);

}  // namespace ecg_lora::cost
