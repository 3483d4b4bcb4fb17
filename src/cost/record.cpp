#include "ecg_lora/cost/record.h"

#include <algorithm>

#include "ecg_lora/base/error.h"

namespace ecg_lora::cost {
namespace {

/// Each calls use(key, member) for some members of Part: what is written as it stands,
template <class Use>
void for_plain(const Use& use) {
  use("started", &Part::started);
  use("state", &Part::state);
  use("device", &Part::device);
  use("cpu", &Part::cpu);
  use("gpu", &Part::gpu);
  use("cores", &Part::cores);
  use("threads", &Part::threads);
  use("processes", &Part::processes);
  use("machines", &Part::machines);
  use("gpus", &Part::gpus);
  use("first_step", &Part::first_step);
  use("last_step", &Part::last_step);
}

/// what parts add up,
template <class Use>
void for_summed(const Use& use) {
  use("steps", &Part::steps);
  use("skipped", &Part::skipped);
  use("samples", &Part::samples);
  use("images", &Part::images);
  use("text_tokens", &Part::text_tokens);
  use("answer_tokens", &Part::answer_tokens);
  use("seconds", &Part::seconds);
  use("cpu_seconds", &Part::cpu_seconds);
  use("step_seconds", &Part::step_seconds);
  use("data_wait_seconds", &Part::data_wait_seconds);
  use("validation_seconds", &Part::validation_seconds);
  use("checkpoint_seconds", &Part::checkpoint_seconds);
  use("flops", &Part::flops);
  use("flops_seconds", &Part::flops_seconds);
  use("flops_steps", &Part::flops_steps);
  use("events_steps", &Part::events_steps);
}

/// peaks, of which the largest counts and nothing is unknown,
template <class Use>
void for_peaks(const Use& use) {
  use("tensor_peak", &Part::tensor_peak);
  use("process_peak", &Part::process_peak);
  use("device_peak", &Part::device_peak);
}

/// and energy.
template <class Use>
void for_energy(const Use& use) {
  use("cpu_energy", &Part::cpu_energy);
  use("gpu_energy", &Part::gpu_energy);
}

Json part_json(const Part& part) {
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
Part part_from(const Json& json) {
  Part part;
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

Json plan_json(const Plan& plan) {
  Json settings = Json::array();
  for (const auto& setting : plan.settings)
    settings.push_back(
        {{"setting", setting.name}, {"memory", setting.memory}, {"flops", setting.flops}});
  return {{"shape", plan.shape}, {"settings", settings}};
}

Plan plan_from(const Json& json) {
  Plan plan;
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

void add_part(Part& sum, const Part& part) {
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

Json to_json(const Record& record) {
  Json parts = Json::array();
  for (const auto& part : record.parts) parts.push_back(part_json(part));
  return {{"version", kRecordVersion},
          {"total", part_json(total(record))},
          {"steps_again", steps_again(record)},
          {"parts", parts},
          {"plan", plan_json(record.plan)}};
}

Record record_from(const Json& json, const std::string& origin) {
  try {
    if (const auto version = json.at("version").get<int>(); version > kRecordVersion)
      throw_data(origin, " is of version ", version, ", expected at most ", kRecordVersion,
                 "; use the ecg-lora that wrote it, or a newer one");
    Record record;
    for (const auto& part : json.at("parts")) record.parts.push_back(part_from(part));
    record.plan = plan_from(json.at("plan"));
    return record;
  } catch (const nlohmann::json::exception& error) {
    throw_data(origin, " is damaged (", error.what(),
               "), expected what ecg-lora train writes; restore or remove it");
  }
}

Record read_record(const std::filesystem::path& file) {
  return record_from(read_json(file), file.string());
}

Part total(const Record& record) {
  Part sum;
  for (const auto& part : record.parts) add_part(sum, part);
  return sum;
}

std::int64_t steps_again(const Record& record) {
  const auto sum = total(record);
  return std::max<std::int64_t>(0, sum.steps - (sum.last_step - sum.first_step));
}

}  // namespace ecg_lora::cost
