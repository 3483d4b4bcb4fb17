// What the ranks of a run add up.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ecg_lora/ranks/group.h"
#include "ecg_lora/train/trainer.h"

namespace ecg_lora::train {

/// Sums over ranks of the counts of `result`. True where any rank says `stop`.
bool sum_counts(ranks::Group& group, StepResult& result, bool stop);

/// Sums over ranks of the gradients of `parameters`, which stay undefined where no rank has one,
/// and of `loss`.
void sum_gradients(ranks::Group& group,
                   const std::vector<std::pair<std::string, at::Tensor>>& parameters, double& loss);

/// Sums over ranks of two numbers.
void sum_pair(ranks::Group& group, double& first, std::int64_t& second);

/// The ids of all ranks, in their order.
std::vector<std::int64_t> all_ids(ranks::Group& group, const std::vector<std::int64_t>& ids);

}  // namespace ecg_lora::train
