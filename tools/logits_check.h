// Whether a merged checkpoint computes what base and adapter compute.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "ecg_lora/lora/adapter_file.h"
#include "ecg_lora/model/vision_states.h"

namespace ecg_lora::tools {

struct LogitsCheck {
  double difference = 0;  ///< largest difference of the logits over the largest logit
  double allowed =
      0;  ///< 1e-5 where the merged weights are fp32; else what rounding each weight once may do
  std::string dtype;  ///< of the merged weights
};

/// Whether the comparison leaves the base's weights in their files: factors that started in a
/// weight are taken out of it again, which changes it.
inline bool weights_stay_in_files(const lora::AdapterFile& adapter) {
  return adapter.config().init == "default";
}

/// Loads one model after the other, in the dtype of the merged checkpoint's weights, and runs both
/// on the same tokens and a drawn image. `states` overrides what `base` says of its vision states.
LogitsCheck compare_logits(const std::filesystem::path& base,
                           std::optional<model::VisionStates> states,
                           const std::filesystem::path& adapter,
                           const std::filesystem::path& merged);

}  // namespace ecg_lora::tools
