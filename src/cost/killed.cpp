// Parts of a run whose processes were killed before they could write what they used.
#include "ecg_lora/base/error.h"
#include "ecg_lora/cost/cost_record.h"

namespace ecg_lora::cost {
namespace {

/// Adds a step's line of metrics.jsonl, as the trainer writes it.
void add_line(RunPart& part, const Json& line) {
  const auto count = [&](const char* key) { return line.value(key, std::int64_t{0}); };
  const auto seconds = line.value("seconds", 0.0);
  part.last_step = line.at("step").get<std::int64_t>();
  ++part.steps, ++part.events_steps;
  part.skipped += line.value("skipped", false);
  part.samples += count("samples"), part.images += count("images");
  part.text_tokens += count("text_tokens"), part.answer_tokens += count("tokens");
  part.seconds += seconds, part.step_seconds += seconds;
  part.data_wait_seconds += line.value("data_wait_s", 0.0);
  if (!line.contains("flops")) return;
  part.flops += line["flops"].get<double>(), part.flops_seconds += seconds;
  ++part.flops_steps;
}

}  // namespace

void close_killed(CostRecord& record, const std::vector<Json>& metrics) {
  if (record.parts.empty()) {
    if (metrics.empty()) return;
    record.parts.emplace_back();
    for (auto* use : {&record.parts.back().cpu_energy, &record.parts.back().gpu_energy})
      use->why = "it was not measured in the part that is known from metrics.jsonl alone";
  }
  auto& part = record.parts.back();
  if (part.state != "running") return;
  part.state = "killed";
  const auto counted = part.last_step;
  for (const auto& line : metrics)
    if (line.contains("lr") && line.at("step").get<std::int64_t>() > counted) add_line(part, line);
}

}  // namespace ecg_lora::cost
