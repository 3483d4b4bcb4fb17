// Plans of inference as JSON and for people: bytes in GB (1e9) there, as numbers in JSON.
#pragma once

#include <ostream>
#include <string>

#include "ecg_lora/base/json.h"
#include "ecg_lora/plan/inference/inference_plan.h"
#include "ecg_lora/plan/inference/memory_check.h"

namespace ecg_lora::plan {

/// The base that is planned for.
void print_base(std::ostream& out, const std::string& base, const std::string& dtype,
                const std::string& quantisation);
/// A row: `name`, GB, and `note` if there is one.
void print_bytes(std::ostream& out, const std::string& name, std::int64_t bytes,
                 const std::string& note = "");
void print_weights(std::ostream& out, const model::WeightBytes& weights);
Json weights_json(const model::WeightBytes& weights);

void print_answering(std::ostream& out, const Prompts& prompts, const InferencePlan& plan);
Json to_json(const InferencePlan& plan);

/// The process as a whole, and whether it fits on this machine now.
void print_process(std::ostream& out, const RequiredMemory& required,
                   const AvailableMemory& available);
Json process_json(const RequiredMemory& required, const AvailableMemory& available);

}  // namespace ecg_lora::plan
