// What the ranks of a run add up.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ecg_lora/train/distributed/group.h"
#include "ecg_lora/train/loop/step_result.h"

namespace ecg_lora::train {

/// Sums over ranks of the counts of `result`. True where any rank says `stop`.
bool sum_counts(distributed::Group& group, StepResult& result, bool stop);

/// Sums over ranks of the gradients of `parameters`, which stay undefined where no rank has one,
/// and of `loss`.
void sum_gradients(distributed::Group& group,
                   const std::vector<std::pair<std::string, at::Tensor>>& parameters, double& loss);

/// Sums over ranks of two numbers.
void sum_pair(distributed::Group& group, double& first, std::int64_t& second);

/// The ids of all ranks, in their order.
std::vector<std::int64_t> all_ids(distributed::Group& group, const std::vector<std::int64_t>& ids);

}  // namespace ecg_lora::train
