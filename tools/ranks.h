// The library's names, until all commands use them there.
#pragma once

#include "ecg_lora/ranks/join.h"
#include "recipe.h"

namespace ecg_lora::tools {

inline ranks::Ranks join_ranks(const ComputeConfig& compute, std::int64_t timeout) {
  return ranks::join_ranks(model::parse_device(compute.device), std::chrono::seconds(timeout));
}

inline ranks::Team join_team(const ComputeConfig& compute, const std::string& pieces) {
  return ranks::join_team(inference::on_cuda(compute), compute.threads, pieces);
}

}  // namespace ecg_lora::tools
