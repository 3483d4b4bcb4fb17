// What a training run is made with: compared when it is resumed, and among its ranks.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ecg_lora/model/shape/config.h"
#include "ecg_lora/provenance/identity.h"
#include "ecg_lora/train/distributed/group.h"

namespace ecg_lora::provenance {

/// The files that a run reads.
struct RunInputs {
  std::filesystem::path run;  ///< its folder, if it is there already
  std::string model;          ///< folder of the base
  model::VisionConfig vision;
  data::DataConfig data;
  Json wording;  ///< ptbxl::Wording::identity(); null if no labels are asked
  std::vector<data::PageRef> pages;
  int threads = 0;  ///< 0 for all cores
};

struct RunIdentity {
  /// Of the base and its vision states, the tables, the wording, the instructions and the pages.
  Json compared;
  Json hashes;  ///< FileHashes::known()
};

/// Reads all of it; of the base only what changed since the run folder was written.
RunIdentity run_identity(const RunInputs& inputs);

/// Usage error, the same on all ranks, if they were given different configs or files. `config` is
/// the dump of a training config. To be called before anything else is exchanged.
void compare_ranks(distributed::Group& group, const Json& config, const Json& identity);

/// Usage error that names what changed since the run was started, or a warning if `accept`.
void check_unchanged(const std::filesystem::path& run, const Json& identity, bool accept);

/// Checkpoint error if the run was started with other vision states than `base` keeps, or a warning
/// if the user chose those.
void check_same_states(const std::filesystem::path& run, const model::VisionConfig& base);

void write_identity(const std::filesystem::path& run, const RunIdentity& identity);

}  // namespace ecg_lora::provenance
