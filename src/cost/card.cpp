#include "ecg_lora/cost/card.h"

#include <cmath>
#include <iomanip>
#include <sstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/memory.h"
#include "ecg_lora/base/progress.h"

namespace ecg_lora::cost {
namespace {

std::string three_digits(double value) {
  std::ostringstream out;
  const int before = value >= 1 ? static_cast<int>(std::log10(value)) + 1 : 1;
  out << std::fixed << std::setprecision(std::max(0, 3 - before)) << value;
  return out.str();
}

/// "4.21 s", "3 min 20 s".
std::string duration(double seconds) {
  return seconds < 60 ? three_digits(seconds) + " s" : format_duration(seconds);
}

std::string count(std::int64_t number, const std::string& one, const std::string& several) {
  return cat(number, " ", number == 1 ? one : several);
}

std::string cpu_text(const RunPart& sum) {
  return cat(sum.cpu.empty() ? "unknown CPU" : sum.cpu, ", ",
             count(sum.threads, "thread", "threads"), sum.processes > 1 ? " per process" : "",
             " on ", count(sum.cores, "core", "cores"));
}

std::string device_text(const RunPart& sum) {
  if (sum.processes == 0) return "not available: only the events of the run are known";
  auto text = cpu_text(sum);
  if (sum.device == "cuda")
    text = cat(std::max<std::int64_t>(1, sum.gpus), " × ", sum.gpu.empty() ? "GPU" : sum.gpu, "; ",
               text);
  if (sum.processes > 1) text += cat("; ", sum.processes, " processes");
  return sum.machines > 1 ? cat(text, " on ", sum.machines, " machines") : text;
}

std::string time_text(const CostRecord& record, const RunPart& sum) {
  std::int64_t killed = 0;
  for (const auto& part : record.parts) killed += part.state == "killed";
  auto text = cat(killed > 0 ? "at least " : "", duration(sum.seconds), " of wall time, ",
                  duration(sum.cpu_seconds), " of CPU time");
  if (record.parts.size() > 1) text += cat(", in ", record.parts.size(), " parts");
  if (killed > 0)
    text += cat(", of which ", killed, killed == 1 ? " was" : " were",
                " killed: what came behind the last events of these is not known");
  return text;
}

std::string shares_text(const RunPart& sum) {
  if (sum.seconds <= 0) return "not available";
  const auto share = [&](double seconds) {
    return cat(std::lround(100 * std::max(0.0, seconds) / sum.seconds), " %");
  };
  const auto rest =
      sum.seconds - sum.step_seconds - sum.validation_seconds - sum.checkpoint_seconds;
  return cat("steps ", share(sum.step_seconds), " (waiting for data ", share(sum.data_wait_seconds),
             "), validation ", share(sum.validation_seconds), ", checkpoints ",
             share(sum.checkpoint_seconds), ", loading and the rest ", share(rest));
}

std::string steps_text(const CostRecord& record, const RunPart& sum) {
  auto text = cat(sum.steps);
  if (const auto again = repeated_steps(record); again > 0)
    text += cat(", of which ", again, again == 1 ? " was" : " were",
                " done again after a part that ended before it saved");
  if (sum.skipped > 0) text += cat("; ", sum.skipped, " skipped");
  return text;
}

std::string arithmetic_text(const RunPart& sum) {
  if (sum.flops_steps == 0 || sum.flops_seconds <= 0) return "not available";
  const auto text = cat(with_prefix(sum.flops, "FLOP"), ", ",
                        with_prefix(sum.flops / sum.flops_seconds, "FLOP/s"),
                        " in steps, counted as the plan does");
  return sum.flops_steps < sum.steps ? cat(text, "; of ", sum.flops_steps, " steps") : text;
}

std::string memory_text(const RunPart& sum) {
  const auto bytes = [](const std::optional<std::int64_t>& value) {
    return value ? format_bytes(*value) : std::string("not available");
  };
  return cat("tensors ", bytes(sum.tensor_peak), ", process ", bytes(sum.process_peak), ", GPU ",
             sum.device == "cpu" ? "none used" : bytes(sum.device_peak),
             sum.processes > 1 ? ", of the largest process" : "");
}

/// Joules as Wh, and how much of the time they are of.
std::string energy_text(const EnergyUse& use, double seconds) {
  constexpr double nearly_all = 0.99;
  if (!use.joules) return cat("not available", use.why.empty() ? "" : cat(" (", use.why, ")"));
  const auto text = three_digits(*use.joules / 3600) + " Wh";
  if (use.seconds >= nearly_all * seconds) return text;
  return cat(text, " in ", std::lround(100 * use.seconds / seconds), " % of the time; of the rest ",
             "it is not available", use.why.empty() ? "" : cat(" (", use.why, ")"));
}

std::string energies_text(const RunPart& sum) {
  auto text = cat("CPU and memory of the whole machine ", energy_text(sum.cpu_energy, sum.seconds));
  if (sum.device == "cuda") text += cat("; GPU ", energy_text(sum.gpu_energy, sum.seconds));
  return text;
}

}  // namespace

std::string with_prefix(double value, const std::string& unit) {
  static const char* const kPrefixes[] = {"", "k", "M", "G", "T", "P", "E", "Z"};
  std::size_t i = 0;
  while (value >= 999.5 && i + 1 < std::size(kPrefixes)) value /= 1000, ++i;
  return cat(three_digits(value), " ", kPrefixes[i], unit);
}

std::vector<std::pair<std::string, std::string>> card_rows(const CostRecord& record) {
  const auto sum = total(record);
  return {{"device", device_text(sum)},
          {"time", time_text(record, sum)},
          {"shares", shares_text(sum)},
          {"steps", steps_text(record, sum)},
          {"samples", cat(sum.samples, " on ", count(sum.images, "image", "images"))},
          {"tokens", cat(sum.text_tokens, ", of which ", sum.answer_tokens, " are learnt")},
          {"arithmetic", arithmetic_text(sum)},
          {"peak memory", memory_text(sum)},
          {"energy", energies_text(sum)}};
}

std::vector<std::string> setting_cost_titles() {
  return {"setting", "planned memory", "arithmetic per step", "relative", "time"};
}

std::string setting_cost_note() {
  return "Estimates by the plan, not measurements: memory of tensors for the largest batch of this "
         "run, without batches that are made ahead; arithmetic in the ratio that the plan gives "
         "that batch; time of the steps of this "
         "run at its measured rate, without validation. Another number of tiles needs a base made "
         "for it; another number of questions changes how many samples a step learns from.";
}

std::vector<SettingCost> setting_costs(const CostRecord& record) {
  const auto sum = total(record);
  const auto& settings = record.plan.settings;
  const bool known = sum.flops_steps > 0 && sum.flops_seconds > 0;
  if (!known || settings.empty() || !(settings.front().flops > 0)) return {};
  const auto steps = static_cast<double>(sum.flops_steps);
  const auto seconds = sum.flops_seconds / steps * static_cast<double>(sum.last_step);
  std::vector<SettingCost> result;
  for (const auto& setting : settings) {
    const auto relative = setting.flops / settings.front().flops;
    result.push_back({setting.name, format_bytes(static_cast<std::int64_t>(setting.memory)),
                      with_prefix(sum.flops / steps * relative, "FLOP"), three_digits(relative),
                      duration(seconds * relative), result.empty()});
  }
  return result;
}

std::string markdown(const CostRecord& record, const std::string& heading) {
  std::string text = cat("## ", heading, "\n\n");
  for (const auto& [name, value] : card_rows(record)) text += cat("- ", name, ": ", value, "\n");
  const auto rows = setting_costs(record);
  if (rows.empty()) return text;
  text += "\nWhat other settings would have cost:\n\n";
  std::string rule = "|";
  for (const auto& title : setting_cost_titles()) text += "| " + title + " ", rule += "---|";
  text += "|\n" + rule + "\n";
  for (const auto& row : rows)
    text += cat("| ", row.own ? "this run: " : "", row.setting, " | ", row.memory, " | ",
                row.arithmetic, " | ", row.relative, " | ", row.time, " |\n");
  return cat(text, "\n", setting_cost_note(), "\n");
}

}  // namespace ecg_lora::cost
