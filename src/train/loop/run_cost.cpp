#include "ecg_lora/train/loop/run_cost.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <set>

#include "clock.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/memory.h"
#include "ecg_lora/train/logging/metrics_log.h"
#include "ecg_lora/train/loop/step_result.h"
#include "rank_use.h"

namespace ecg_lora::train {
namespace {

constexpr std::chrono::seconds between_writings(30);  ///< of one process, on top of updates

}  // namespace

RunCost::RunCost(std::shared_ptr<distributed::Group> group, at::Device device,
                 cost::MachinePaths paths)
    : group_(std::move(group)),
      device_(device),
      tensors_(device),
      start_(std::chrono::steady_clock::now()),
      written_(start_) {
  part_.started = cost::utc_now();
  part_.device = device.is_cpu() ? "cpu" : "cuda";
  part_.cpu = cost::cpu_model(paths.cpuinfo);
  part_.cores = cost::usable_cores();
  part_.processes = group_->ranks();
  find_counters(paths);
}

/// Each machine is read by its first rank, each GPU by the first that computes on it.
void RunCost::find_counters(const cost::MachinePaths& paths) {
  const auto rank = static_cast<std::size_t>(group_->rank());
  const auto first_of = [&](const std::vector<std::int64_t>& ids) {
    return std::find(ids.begin(), ids.end(), ids[rank]) == ids.begin() + group_->rank();
  };
  const auto id = cost::machine_id(paths.boot_id);
  const auto machines = from_all(*group_, number_of(id));
  cpu_meters_ = part_.machines = std::ssize(std::set(machines.begin(), machines.end()));
  if (first_of(machines))
    cpu_meter_ = std::make_unique<cost::EnergyMeter>(std::make_unique<cost::Rapl>(paths.powercap));
  if (device_.is_cpu()) return;
  const int number = device_number(device_);
  auto gpu = std::make_unique<cost::Nvml>(number, paths.nvml, paths.cuda);
  part_.gpu = gpu->name();
  const auto slot = gpu->bus_id().empty() ? cat("GPU ", number) : gpu->bus_id();
  const auto gpus = from_all(*group_, number_of(id + " " + slot));
  gpu_meters_ = part_.gpus = std::ssize(std::set(gpus.begin(), gpus.end()));
  if (first_of(gpus)) gpu_meter_ = std::make_unique<cost::EnergyMeter>(std::move(gpu));
}

std::vector<double> RunCost::own_use() {
  std::vector<double> use(sent, kNoNumber);
  use[cpu_time] = cost::cpu_seconds();
  use[tensor_peak] = static_cast<double>(tensors_.peak());
  use[process_peak] = static_cast<double>(resident_memory().peak);
  use[device_peak] = reserved_peak(device_);
  const auto read = [&](cost::EnergyMeter* meter, Sent joules, Sent covered, std::string& why) {
    if (!meter) return;
    const auto energy = meter->read();
    use[joules] = energy.joules.value_or(kNoNumber), use[covered] = energy.seconds;
    why = energy.why;
  };
  read(cpu_meter_.get(), cpu_joules, cpu_covered, part_.cpu_energy.why);
  read(gpu_meter_.get(), gpu_joules, gpu_covered, part_.gpu_energy.why);
  return use;
}

/// Into the part, what own_use() of all ranks gave.
void RunCost::take(const std::vector<double>& all) {
  part_.seconds = seconds_since(start_);
  part_.cpu_seconds = sum_of(all, cpu_time);
  part_.tensor_peak = largest(all, tensor_peak);
  part_.process_peak = largest(all, process_peak);
  part_.device_peak = largest(all, device_peak);
  part_.cpu_energy = joined_energy(all, cpu_joules, cpu_covered, cpu_meters_, part_.cpu_energy.why);
  part_.gpu_energy = joined_energy(all, gpu_joules, gpu_covered, gpu_meters_, part_.gpu_energy.why);
}

void RunCost::open(const std::filesystem::path& run) {
  file_ = run / cost::kCostFile;
  const auto metrics = MetricsLog(run / "metrics.jsonl").lines();
  try {
    if (std::filesystem::exists(file_)) before_ = cost::read_cost_record(file_);
  } catch (const Error& error) {
    log_warn(cat(error.what(), "; the cost of the parts before is counted from metrics.jsonl"));
  }
  cost::close_killed(before_, metrics);
  part_.threads = at::get_num_threads();
  // Until begin() knows better, so that no line counts for this part if it is killed before.
  if (!metrics.empty()) begin(metrics.back().at("step").get<std::int64_t>());
  write();
}

void RunCost::begin(std::int64_t step) {
  part_.first_step = part_.last_step = step;
  write();
}

void RunCost::add_step(const StepResult& result, std::int64_t step) {
  ++part_.steps, part_.last_step = step;
  part_.skipped += !result.finite;
  part_.samples += result.samples, part_.images += result.images;
  part_.text_tokens += result.text_tokens, part_.answer_tokens += result.answer_tokens;
  part_.step_seconds += result.seconds, part_.data_wait_seconds += result.data_wait;
  if (arithmetic) {
    part_.flops += result.flops, part_.flops_seconds += result.seconds;
    ++part_.flops_steps;
  }
  const bool alone = group_->ranks() == 1;
  if (alone && std::chrono::steady_clock::now() - written_ >= between_writings) update();
}

void RunCost::update() {
  take(from_all(*group_, own_use()));
  write();
}

void RunCost::finish() {
  part_.state = "finished";
  finished_ = true;
  update();
}

cost::CostRecord RunCost::record() const {
  auto record = before_;
  record.parts.push_back(part_);
  return record;
}

/// Of the largest batch, that of earlier parts included, if they had the same settings.
void RunCost::take_plan(cost::PlannedSettings now) {
  auto& known = before_.plan;
  if (now.settings.empty()) return;
  const bool other = known.settings.empty() || known.settings[0].name != now.settings[0].name;
  if (other || known.settings[0].flops <= now.settings[0].flops) known = std::move(now);
}

void RunCost::write() {
  written_ = std::chrono::steady_clock::now();
  if (file_.empty()) return;
  if (plan) take_plan(plan());
  try {
    write_json(file_, cost::to_json(record()));
  } catch (const Error& error) {
    if (!std::exchange(warned_, true))
      log_warn(cat("what the run costs could not be written: ", error.what()));
  }
}

RunCost::~RunCost() {
  if (finished_ || file_.empty()) return;
  part_.state = "stopped";
  try {
    if (group_->ranks() == 1) take(own_use());
    part_.seconds = seconds_since(start_);
    write();
  } catch (const std::exception& error) {
    log_warn(cat("what the run costs could not be written: ", error.what()));
  }
}

}  // namespace ecg_lora::train
