// What a training run is made with: compared when it is resumed, and among its ranks.
#pragma once

#include <vector>

#include "ecg_lora/ranks/group.h"
#include "identity.h"
#include "train_recipe.h"

namespace ecg_lora::tools {

struct MadeWith {
  Json identity;  ///< of the base and its vision states, the tables, the wording, the instructions
                  ///< and the pages
  Json sums;      ///< FileSums::known()
};

/// Reads all of it; of the base only what changed since the run folder was written.
MadeWith made_with(const TrainRecipe& recipe, const model::ModelConfig& base, const DataSet& set,
                   const std::vector<data::PageRef>& pages);

/// Usage error, the same on all ranks, if they were given different configs or files. To be called
/// before anything else is exchanged.
void compare_ranks(ranks::Group& group, const TrainRecipe& recipe, const Json& identity);

/// Usage error that names what changed since the run was started, or a warning if `accept`.
void check_unchanged(const std::filesystem::path& run, const Json& identity, bool accept);

/// Checkpoint error if the run was started with other vision states than `base` keeps, or a warning
/// if the user chose those.
void check_same_states(const std::filesystem::path& run, const model::VisionConfig& base);

void write_identity(const std::filesystem::path& run, const MadeWith& made);

}  // namespace ecg_lora::tools
