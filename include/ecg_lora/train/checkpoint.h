// Checkpoints of a run folder: checkpoints/step-N, written aside and renamed, hashed, verified when read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

namespace ecg_lora::train {

/// Where a run stands. Batches are a pure function of (epoch, index) and dropout of (seed, step), so that a step count is the
/// whole position.
struct Position {
  std::int64_t step = 0;     ///< optimizer steps done
  std::int64_t skipped = 0;  ///< of which were skipped because loss or gradients were not finite
};

/// Calls `fill` with an empty folder, adds the position and the SHA-256 of every file, gives the folder its name, points `last` to
/// it, and removes all but the newest `keep`.
void save_checkpoint(const std::filesystem::path& run, const Position& position, int keep,
                     const std::function<void(const std::filesystem::path&)>& fill);

struct FoundCheckpoint {
  std::filesystem::path folder;
  Position position;
};

/// The checkpoint that `last` points to, after its hashes were verified. Checkpoint error that names a damaged file and the
/// checkpoint before it, or says that there is none.
FoundCheckpoint find_checkpoint(const std::filesystem::path& run);

}  // namespace ecg_lora::train
