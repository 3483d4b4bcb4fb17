// Checkpoints of a run folder: checkpoints/step-N, written aside and renamed, hashed, verified when
// read.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "ecg_lora/train/loop/trainer_state.h"

namespace ecg_lora::train {

/// Calls `fill` with an empty folder, adds state.json (the state, and size and SHA-256 of every
/// file), gives the folder its name, points `last` to it and `best` to that of state.best_step, and
/// removes all but the newest `keep` up to this one and the best. A folder of that name that is
/// there already, of a run that was resumed from before it, is replaced. Data error if a file
/// cannot be written.
void save_checkpoint(const std::filesystem::path& run, const TrainerState& state, int keep,
                     const std::function<void(const std::filesystem::path&)>& fill);

/// Takes a new state into the checkpoint of its step, whose tensors are those of that step
/// already (validation came after it was saved).
void update_state(const std::filesystem::path& run, const TrainerState& state);

struct FoundCheckpoint {
  std::filesystem::path folder;
  TrainerState state;
};

/// Whether the run has a checkpoint that `last` points to.
bool has_checkpoint(const std::filesystem::path& run);

/// The checkpoint of that name ("step-40"), or if it is empty the one that `last` points to, after
/// its hashes were verified. Checkpoint error that names a damaged file and offers the newest
/// whole checkpoint before it, or says that there is none; usage error for a name that is not
/// there.
FoundCheckpoint find_checkpoint(const std::filesystem::path& run, const std::string& name = "");

/// The checkpoint that `best` points to, verified. Checkpoint error if there is none.
FoundCheckpoint find_best(const std::filesystem::path& run);

/// Makes `last` point to a checkpoint that a run goes on from, so that a newer one that is damaged
/// is not looked at again.
void point_last(const std::filesystem::path& run, const FoundCheckpoint& found);

}  // namespace ecg_lora::train
