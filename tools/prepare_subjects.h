// The recordings that questions are made of, from any source.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/base/shard.h"
#include "ecg_lora/instruct/prepare.h"
#include "ecg_lora/sources/collection.h"

namespace ecg_lora::tools {

struct SubjectOptions {
  std::string root, folds = "1-8";
  std::vector<std::string> recordings;  ///< folders besides root where its table may have waveforms
  std::optional<std::string>
      image_prefix;  ///< before the names of images; default by the kind of source
  int sampling_rate = 500,
      measured_rate =
          100;  ///< of PTB-XL: which recordings the names stand for, and which are measured
};

/// The collection, whose waveforms are those that image names stand for.
std::unique_ptr<sources::Collection> open_subjects(const SubjectOptions& options);

/// The items of `shard` in the folds asked for, in the collection's order: SCP statements (SNOMED
/// terms where one means the same), report, age, and with `measured` rhythm and axis of the trace;
/// a trace that cannot be read is counted, and the log says how many.
std::vector<instruct::Subject> read_subjects(const sources::Collection& collection,
                                             const SubjectOptions& options, bool measured,
                                             const Shard& shard);

/// Data error if `subjects` of all shards are none.
void check_found(const std::vector<instruct::Subject>& subjects,
                 const sources::Collection& collection, const SubjectOptions& options);

}  // namespace ecg_lora::tools
