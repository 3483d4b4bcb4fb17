#include "ecg_lora/cost/cost_record.h"

#include <algorithm>

#include "ecg_lora/base/error.h"

namespace ecg_lora::cost {
namespace {

constexpr int kCostVersion = 1;

/// Each calls use(key, member) for some members of RunPart: what is written as it stands,
template <class Use>
void for_plain(const Use& use) {
  use("started", &RunPart::started);
  use("state", &RunPart::state);
  use("device", &RunPart::device);
  use("cpu", &RunPart::cpu);
  use("gpu", &RunPart::gpu);
  use("cores", &RunPart::cores);
  use("threads", &RunPart::threads);
  use("processes", &RunPart::processes);
  use("machines", &RunPart::machines);
  use("gpus", &RunPart::gpus);
  use("first_step", &RunPart::first_step);
  use("last_step", &RunPart::last_step);
}

/// what parts add up,
template <class Use>
void for_summed(const Use& use) {
  use("steps", &RunPart::steps);
  use("skipped", &RunPart::skipped);
  use("samples", &RunPart::samples);
  use("images", &RunPart::images);
  use("text_tokens", &RunPart::text_tokens);
  use("answer_tokens", &RunPart::answer_tokens);
  use("seconds", &RunPart::seconds);
  use("cpu_seconds", &RunPart::cpu_seconds);
  use("step_seconds", &RunPart::step_seconds);
  use("data_wait_seconds", &RunPart::data_wait_seconds);
  use("validation_seconds", &RunPart::validation_seconds);
  use("checkpoint_seconds", &RunPart::checkpoint_seconds);
  use("flops", &RunPart::flops);
  use("flops_seconds", &RunPart::flops_seconds);
  use("flops_steps", &RunPart::flops_steps);
  use("events_steps", &RunPart::events_steps);
}

/// peaks, of which the largest counts and nothing is unknown,
template <class Use>
void for_peaks(const Use& use) {
  use("tensor_peak", &RunPart::tensor_peak);
  use("process_peak", &RunPart::process_peak);
  use("device_peak", &RunPart::device_peak);
}

/// and energy.
template <class Use>
void for_energy(const Use& use) {
  use("cpu_energy", &RunPart::cpu_energy);
  use("gpu_energy", &RunPart::gpu_energy);
}

Json part_json(const RunPart& part) {
  Json json;
  const auto write = [&](const char* key, auto member) { json[key] = part.*member; };
  for_plain(write);
  for_summed(write);
  for_peaks([&](const char* key, auto member) {
    json[key] = part.*member ? Json(*(part.*member)) : Json();
  });
  for_energy([&](const char* key, auto member) {
    const auto& use = part.*member;
    json[key] = {{"joules", use.joules ? Json(*use.joules) : Json()}, {"seconds", use.seconds}};
    if (!use.why.empty()) json[key]["why"] = use.why;
  });
  return json;
}

/// Throws what nlohmann/json throws if a value is missing or of another type.
RunPart part_from(const Json& json) {
  RunPart part;
  const auto read = [&](const char* key, auto member) { json.at(key).get_to(part.*member); };
  for_plain(read);
  for_summed(read);
  for_peaks([&](const char* key, auto member) {
    if (const auto& peak = json.at(key); !peak.is_null()) part.*member = peak.get<std::int64_t>();
  });
  for_energy([&](const char* key, auto member) {
    const auto& energy = json.at(key);
    auto& use = part.*member;
    if (!energy.at("joules").is_null()) use.joules = energy.at("joules").get<double>();
    use.seconds = energy.at("seconds").get<double>(), use.why = energy.value("why", "");
  });
  return part;
}

Json plan_json(const PlannedSettings& plan) {
  Json settings = Json::array();
  for (const auto& setting : plan.settings)
    settings.push_back(
        {{"setting", setting.name}, {"memory", setting.memory}, {"flops", setting.flops}});
  return {{"shape", plan.shape}, {"settings", settings}};
}

PlannedSettings plan_from(const Json& json) {
  PlannedSettings plan;
  plan.shape = json.at("shape");
  for (const auto& setting : json.at("settings"))
    plan.settings.push_back({setting.at("setting").get<std::string>(),
                             setting.at("memory").get<double>(),
                             setting.at("flops").get<double>()});
  return plan;
}

void add_energy(EnergyUse& sum, const EnergyUse& more) {
  if (more.joules) sum.joules = sum.joules.value_or(0) + *more.joules;
  sum.seconds += more.seconds;
  if (!more.why.empty()) sum.why = more.why;
}

void add_part(RunPart& sum, const RunPart& part) {
  const auto started = sum.started;
  const auto first_step = sum.first_step;
  const bool first = sum.processes == 0 && sum.steps == 0 && started.empty();
  for_plain([&](const char*, auto member) { sum.*member = part.*member; });
  if (!first) sum.started = started, sum.first_step = first_step;
  for_summed([&](const char*, auto member) { sum.*member += part.*member; });
  for_peaks([&](const char*, auto member) { sum.*member = std::max(sum.*member, part.*member); });
  for_energy([&](const char*, auto member) { add_energy(sum.*member, part.*member); });
}

}  // namespace

Json to_json(const CostRecord& record) {
  Json parts = Json::array();
  for (const auto& part : record.parts) parts.push_back(part_json(part));
  return {{"version", kCostVersion},
          {"total", part_json(total(record))},
          {"repeated_steps", repeated_steps(record)},
          {"parts", parts},
          {"plan", plan_json(record.plan)}};
}

CostRecord cost_record_from(const Json& json, const std::string& origin) {
  try {
    if (const auto version = json.at("version").get<int>(); version > kCostVersion)
      throw_data(origin, " is of version ", version, ", expected at most ", kCostVersion,
                 "; use the ecg-lora that wrote it, or a newer one");
    CostRecord record;
    for (const auto& part : json.at("parts")) record.parts.push_back(part_from(part));
    record.plan = plan_from(json.at("plan"));
    return record;
  } catch (const nlohmann::json::exception& error) {
    throw_data(origin, " is damaged (", error.what(),
               "), expected what ecg-lora train writes; restore or remove it");
  }
}

CostRecord read_cost_record(const std::filesystem::path& file) {
  return cost_record_from(read_json(file), file.string());
}

RunPart total(const CostRecord& record) {
  RunPart sum;
  for (const auto& part : record.parts) add_part(sum, part);
  return sum;
}

std::int64_t repeated_steps(const CostRecord& record) {
  const auto sum = total(record);
  return std::max<std::int64_t>(0, sum.steps - (sum.last_step - sum.first_step));
}

}  // namespace ecg_lora::cost
