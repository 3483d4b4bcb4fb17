// What the run cost, and what other settings would have cost.
#include "ecg_lora/base/error.h"
#include "ecg_lora/cost/card.h"
#include "html.h"
#include "training_parts.h"

namespace ecg_lora::report {
namespace {

std::string facts_table(const cost::CostRecord& record) {
  std::vector<Row> rows;
  for (const auto& [name, value] : cost::card_rows(record))
    rows.push_back({{{escape(name)}, {escape(value), "", "long"}}});
  return html_table({{"what", "", false}, {"value", "", false}}, rows, false, "cost of the run");
}

std::string estimates_table(const cost::CostRecord& record) {
  std::vector<Row> rows;
  for (const auto& e : cost::setting_costs(record))
    rows.push_back({{{escape(e.own ? "this run: " + e.setting : e.setting)},
                     {escape(e.memory)},
                     {escape(e.arithmetic)},
                     {escape(e.relative)},
                     {escape(e.time)}},
                    e.own ? "strong" : ""});
  if (rows.empty()) return "";
  std::vector<Column> columns;
  for (const auto& title : cost::setting_cost_titles())
    columns.push_back({title, "", !columns.empty()});
  return cat("<h3>What other settings would have cost</h3>\n",
             html_table(columns, rows, false, "estimates by the plan"), "<p class=\"note\">",
             escape(cost::setting_cost_note()), "</p>\n");
}

}  // namespace

std::string run_cost_part(const TrainingRun& run) {
  const std::string lead =
      "Measured while it ran, all parts and processes together; cost.json holds every number.";
  const std::string none = "<p>Not measured: the run has no cost.json.</p>\n";
  return section("cost", "Cost", run.cost ? lead : "",
                 run.cost ? facts_table(*run.cost) + estimates_table(*run.cost) : none);
}

}  // namespace ecg_lora::report
