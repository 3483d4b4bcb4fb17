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

void print_process(std::ostream& out, const Need& need, const Room& room) {
  print_bytes(out, "process", need.host_peak(),
              cat("at most on the host: libraries ", format_giga(need.libraries), ", loading ",
                  format_giga(need.loading), " and pages of the file ", format_giga(need.pages),
                  ", then ", format_giga(need.working)));
  const auto lack = shortage(need, room);
  out << "this machine  " << (lack.empty() ? "fits" : "does NOT fit: " + lack) << "\n";
}

Json process_json(const Need& need, const Room& room) {
  Json limits = Json::array();
  for (const auto& limit : room.limits)
    limits.push_back({{"name", limit.name}, {"left", limit.left}});
  const auto lack = shortage(need, room);
  Json process{{"libraries", need.libraries}, {"loading", need.loading},
               {"pages", need.pages},         {"working", need.working},
               {"at_most", need.host_peak()}, {"needed", need.host()}};
  Json machine{{"limits", limits}, {"processes", room.processes}, {"fits", lack.empty()}};
  if (!lack.empty()) machine["shortage"] = lack;
  return {{"process", process}, {"machine", machine}};
}

}  // namespace ecg_lora::plan
