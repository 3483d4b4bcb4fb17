// How much is asked at a time, for memory plans, before labels and questions are read.
#pragma once

#include <string>

#include "ecg_lora/plan/inference/inference.h"

namespace ecg_lora::asking {

/// What a batch asks at most of `images` records about `labels` (data.labels).
plan::Prompts label_prompts(std::int64_t images, const std::string& labels);
/// The same of instruction tasks whose answers have at most `max_tokens` tokens.
plan::Prompts task_prompts(std::int64_t images, std::int64_t max_tokens);

}  // namespace ecg_lora::asking
