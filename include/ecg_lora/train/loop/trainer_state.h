// Where a run stands.
#pragma once

#include <cstdint>
#include <optional>

#include "ecg_lora/base/json.h"
#include "ecg_lora/train/loop/training_config.h"

namespace ecg_lora::train {

/// Batches are a pure function of (epoch, index) and dropout of (seed, step), so that a step count
/// is the whole position in the data; the rest is what stopping depends on.
struct TrainerState {
  std::int64_t step = 0;     ///< optimizer steps done
  std::int64_t skipped = 0;  ///< of which were skipped because loss or gradients were not finite
  std::int64_t skipped_in_a_row = 0;  ///< the newest of them
  std::int64_t validated = 0;         ///< step after which the newest validation was; 0: none yet
  std::optional<double> best;         ///< of all validations: the lowest loss, or the highest AUROC
  std::int64_t best_step = 0;         ///< step of it
  std::int64_t without_best = 0;      ///< validations since then
};

Json to_json(const TrainerState& state);
/// Throws nlohmann::json::exception if `json` is not one. Fields that older versions did not write
/// may be missing.
TrainerState trainer_state_from(const Json& json);

/// Takes a validation's value after the present step (the loss, or the AUROC, as `loop.best_by`
/// says; nothing if it is undefined) into account; whether it is the best so far, by more than
/// loop.min_delta.
bool note_validation(TrainerState& state, const LoopConfig& loop, std::optional<double> value);

/// Numerics error if every step of a run that has ended was skipped.
void require_learning(const TrainerState& end);

/// Whether loop.patience validations went by without a new best.
bool out_of_patience(const TrainerState& state, const LoopConfig& loop);

}  // namespace ecg_lora::train
