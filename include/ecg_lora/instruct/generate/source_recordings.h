// The recordings that questions are made of, from any source.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/base/shard.h"
#include "ecg_lora/ecg/collections/collection.h"
#include "ecg_lora/instruct/generate/source_recording.h"

namespace ecg_lora::instruct {

/// Which recordings, and how their pages are called.
struct SourceOptions {
  std::string root, folds = "1-8";
  /// Folders besides root where its table may have waveforms.
  std::vector<std::string> recording_folders;
  /// Before the names of images; by default that of the kind of source.
  std::optional<std::string> image_prefix;
  /// Hz, of PTB-XL: which recordings the names stand for, and which are measured.
  int sampling_rate = 500, measured_rate = 100;
};

/// The collection, whose waveforms are those that image names stand for. Usage error if it holds
/// pictures; errors as those of open_collection().
std::unique_ptr<collections::Collection> open_source(const SourceOptions& options);

/// The items of `shard` in the folds asked for, in the collection's order: SCP statements (SNOMED
/// terms if one means the same), report, age, and with `measured` rhythm and axis of the trace; a
/// trace that cannot be read is counted, and the log says how many. Usage error for folds that are
/// none.
std::vector<SourceRecording> read_recordings(const collections::Collection& collection,
                                             const SourceOptions& options, bool measured,
                                             const Shard& shard);

/// Data error if `recordings` of all shards are none.
void check_found(const std::vector<SourceRecording>& recordings,
                 const collections::Collection& collection, const SourceOptions& options);

}  // namespace ecg_lora::instruct
