// Sizes of the prompts of a batch, for memory plans, before labels and questions are read.
#pragma once

#include <string>

#include "ecg_lora/plan/inference/inference_plan.h"

namespace ecg_lora::asking {

/// The most that a batch of `images` records asks about `labels` (data.labels): one question per
/// label, of a list as many as it names, of 64 tokens each.
plan::Prompts label_prompts(std::int64_t images, const std::string& labels);
/// The same for instruction tasks on `images` pages, whose answers have at most `max_new_tokens`
/// tokens: 32 questions of 256 tokens.
plan::Prompts task_prompts(std::int64_t images, std::int64_t max_new_tokens);

}  // namespace ecg_lora::asking
