// Run folders of train.
#include "ecg_lora/cost/card.h"
#include "ecg_lora/inspection/describe.h"
#include "ecg_lora/train/loop/training_checkpoint.h"

namespace ecg_lora::inspection {
namespace {

namespace fs = std::filesystem;

/// The facts of the cost card, and what other settings would have cost.
Json describe_cost(const fs::path& file) {
  const auto record = cost::read_cost_record(file);
  Json out, rows = Json::array();
  for (const auto& [name, value] : cost::card_rows(record)) out[name] = value;
  for (const auto& e : cost::setting_costs(record))
    rows.push_back({{"setting", e.own ? "this run: " + e.setting : e.setting},
                    {"memory", e.memory},
                    {"arithmetic", e.arithmetic},
                    {"relative", e.relative},
                    {"time", e.time}});
  if (!rows.empty()) out["by_the_plan"] = rows;
  return out;
}

}  // namespace

Description describe_run(const fs::path& folder, const DescribeConfig& config) {
  auto description = config(folder / "config.json");
  Json out = {{"kind", "run of train"},
              {"path", folder.string()},
              {"finished", fs::exists(folder / "adapter") || fs::exists(folder / "model")}};
  if (fs::exists(folder / "last")) {
    const auto found = train::find_checkpoint(folder);
    out["newest_checkpoint"] = found.folder.filename().string();
    out["steps_done"] = found.state.step;
    out["steps_skipped"] = found.state.skipped;
  }
  if (fs::exists(folder / cost::kCostFile)) out["cost"] = describe_cost(folder / cost::kCostFile);
  out["paths"] = description.content["paths"];
  out["resolved"] = description.content["resolved"];
  description.content = out;
  return description;
}

}  // namespace ecg_lora::inspection
