#include "ecg_lora/plan/inference/print.h"

#include <iomanip>

#include "ecg_lora/base/error.h"

namespace ecg_lora::plan {

void print_base(std::ostream& out, const std::string& base, const std::string& dtype,
                const std::string& quantisation) {
  out << "base          " << base << " in " << dtype << ", quantisation " << quantisation << "\n";
}

void print_bytes(std::ostream& out, const std::string& name, std::int64_t bytes,
                 const std::string& note) {
  out << std::left << std::setw(14) << name << std::right << std::setw(12) << std::fixed
      << std::setprecision(3) << static_cast<double>(bytes) / 1e9 << " GB"
      << (note.empty() ? "" : "   " + note) << "\n";
}

void print_weights(std::ostream& out, const model::WeightBytes& weights) {
  const auto quantised = static_cast<double>(weights.quantised) / 1e9;
  print_bytes(out, "weights", weights.total(),
              weights.quantised > 0 ? cat(quantised, " GB of them quantised") : "");
}

Json weights_json(const model::WeightBytes& weights) {
  return {{"quantised", weights.quantised}, {"dense", weights.dense}};
}

void print_answering(std::ostream& out, const Prompts& prompts, const InferencePlan& plan) {
  const auto words = prompts.max_new_tokens;
  out << "prompts       " << prompts.rows << " of " << prompts.tokens << " tokens on "
      << prompts.images << " images, "
      << (words > 0 ? cat("answers of ", words, " tokens") : "likelihoods") << "\n";
  print_weights(out, plan.weights);
  print_bytes(out, "adapters", plan.adapters);
  print_bytes(out, "batch", plan.batch);
  print_bytes(out, "states", plan.states);
  print_bytes(out, "caches", plan.caches);
  print_bytes(out, "workspace", plan.workspace);
  print_bytes(out, "total", plan.total(), plan.peak_at);
}

Json to_json(const InferencePlan& plan) {
  return {{"weights", weights_json(plan.weights)},
          {"adapters", plan.adapters},
          {"batch", plan.batch},
          {"states", plan.states},
          {"caches", plan.caches},
          {"workspace", plan.workspace},
          {"total", plan.total()},
          {"peak_at", plan.peak_at}};
}

void print_process(std::ostream& out, const RequiredMemory& required,
                   const AvailableMemory& available) {
  print_bytes(out, "process", required.host_peak(),
              cat("at most on the host: libraries ", format_giga(required.libraries), ", loading ",
                  format_giga(required.loading), " and pages of the file ",
                  format_giga(required.pages), ", then ", format_giga(required.working)));
  const auto lack = shortage(required, available);
  out << "this machine  " << (lack.empty() ? "fits" : "does NOT fit: " + lack) << "\n";
}

Json process_json(const RequiredMemory& required, const AvailableMemory& available) {
  Json limits = Json::array();
  for (const auto& limit : available.limits)
    limits.push_back({{"name", limit.name}, {"left", limit.left}});
  const auto lack = shortage(required, available);
  Json process{{"libraries", required.libraries}, {"loading", required.loading},
               {"pages", required.pages},         {"working", required.working},
               {"at_most", required.host_peak()}, {"needed", required.host()}};
  Json machine{{"limits", limits}, {"processes", available.processes}, {"fits", lack.empty()}};
  if (!lack.empty()) machine["shortage"] = lack;
  return {{"process", process}, {"machine", machine}};
}

}  // namespace ecg_lora::plan
