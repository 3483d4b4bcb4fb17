// What a run cost: cost.json, a part for each start of its processes, and their sum.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/cost/energy.h"

namespace ecg_lora::cost {

/// What one start of the run's processes used, all processes together. Times in seconds.
struct RunPart {
  std::string started;            ///< UTC
  std::string state = "running";  ///< running, finished, stopped, or killed (found by the next)

  std::string device, cpu, gpu;  ///< "cpu" or "cuda"; models, of the first process
  std::int64_t cores = 0;        ///< that the first process may use
  std::int64_t threads = 0;      ///< that each process computes with
  std::int64_t processes = 0, machines = 0, gpus = 0;

  std::int64_t first_step = 0, last_step = 0;  ///< done before it, and when it ended
  std::int64_t steps = 0, skipped = 0;         ///< that it did; of which were not finite
  std::int64_t samples = 0, images = 0, text_tokens = 0, answer_tokens = 0;
  double seconds = 0;  ///< of wall time, loading included
  double cpu_seconds = 0;
  double step_seconds = 0, data_wait_seconds = 0;  ///< all of its steps; waiting in them
  double validation_seconds = 0, checkpoint_seconds = 0;
  double flops = 0, flops_seconds = 0;  ///< arithmetic, and the time of the steps it is known of
  std::int64_t flops_steps = 0;         ///< how many these are
  std::int64_t events_steps = 0;        ///< of a killed part: steps known from metrics.jsonl alone

  std::optional<std::int64_t> tensor_peak, process_peak;  ///< bytes, of the largest process
  std::optional<std::int64_t> device_peak;  ///< bytes that libtorch reserved on the largest GPU
  EnergyUse cpu_energy, gpu_energy;         ///< each machine, each GPU once
};

/// What a step of the run's largest batch takes under some setting, by the plan.
struct Setting {
  std::string name;   ///< "rank 32"
  double memory = 0;  ///< bytes of tensors at the peak, of one process
  double flops = 0;   ///< of one batch
};

struct PlannedSettings {
  Json shape;                     ///< of that batch: rows, tokens, text_tokens, images, answers
  std::vector<Setting> settings;  ///< the run's own first, then others; empty before a first step
};

struct CostRecord {
  std::vector<RunPart> parts;
  PlannedSettings plan;
};

/// Of the file in a run folder, and in the folder of its adapter or model.
inline constexpr char kCostFile[] = "cost.json";

Json to_json(const CostRecord& record);
/// Data error that names `origin` if `json` is no cost record, or one of a newer version.
CostRecord cost_record_from(const Json& json, const std::string& origin);
/// The same of a file. Data error if it cannot be read.
CostRecord read_cost_record(const std::filesystem::path& file);

/// All parts as one: the machine of the last, peaks the largest, the rest added up. Energy lacks
/// joules if no part has any; its seconds say how much of the time is known.
RunPart total(const CostRecord& record);

/// Steps that were done more than once, because a part ended before they were saved.
std::int64_t repeated_steps(const CostRecord& record);

/// Marks a last part that still runs as killed. `metrics` are the lines of metrics.jsonl before
/// those behind the checkpoint are removed: steps in it that the part has not counted are added.
/// Without any part (a run of an older version) one is made of all lines.
void close_killed(CostRecord& record, const std::vector<Json>& metrics);

}  // namespace ecg_lora::cost
