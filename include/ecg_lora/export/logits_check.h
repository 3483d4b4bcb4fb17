// Whether a merged checkpoint computes what base and adapter compute.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "ecg_lora/model/shape/vision_states.h"

namespace ecg_lora::exports {

struct LogitsCheck {
  double difference = 0;  ///< largest difference of the logits over the largest logit
  /// 1e-5 if the merged weights are fp32; else what rounding each weight once may do.
  double allowed = 0;
  std::string dtype;  ///< of the merged weights
};

/// Loads one model after the other, in the dtype of the merged checkpoint's weights, and runs both
/// on the same tokens and a drawn image. `states` overrides what `base` says of its vision states.
LogitsCheck compare_logits(const std::filesystem::path& base,
                           std::optional<model::VisionStates> states,
                           const std::filesystem::path& adapter,
                           const std::filesystem::path& merged);

/// "logits, largest difference over the largest logit: 1.2e-07, allowed 1.0e-05 in fp32".
std::string to_string(const LogitsCheck& check);

/// Checkpoint error that names `merged` if the difference is larger than allowed, or no number.
void require_equal(const LogitsCheck& check, const std::string& merged);

}  // namespace ecg_lora::exports
