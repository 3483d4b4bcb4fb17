#include "ecg_lora/instruct/generate/source_recordings.h"

#include <algorithm>
#include <charconv>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/base/random.h"
#include "ecg_lora/ecg/collections/folds.h"
#include "ecg_lora/ecg/collections/snomed.h"

namespace ecg_lora::instruct {
namespace {

constexpr double kStated = 100;  ///< percent; a SNOMED code has no likelihood

std::vector<int> folds_of(const SourceOptions& options) {
  const auto expected =
      cat("--folds '", options.folds, "': expected folds from 1 to 10 such as 1-8 or 1,2,9");
  auto folds = collections::parse_folds(options.folds, ',', expected);
  if (folds.empty()) throw_usage(expected, ", got none");
  return folds;
}

std::unique_ptr<collections::Collection> open_at(const SourceOptions& options, int sampling_rate) {
  collections::OpenOptions open;
  open.sampling_rate = sampling_rate;
  open.recording_folders = options.recording_folders;
  return collections::open_collection(options.root, open);
}

/// The number that a name is, else one made of it; `numeric` tells which.
std::int64_t key_of(const std::string& name, bool& numeric) {
  std::int64_t value = 0;
  const auto [end, status] = std::from_chars(name.data(), name.data() + name.size(), value);
  numeric = status == std::errc() && end == name.data() + name.size();
  return numeric ? value : static_cast<std::int64_t>(name_key(name) >> 1);
}

std::string image_prefix(const collections::Collection& collection, const SourceOptions& options) {
  if (options.image_prefix) return *options.image_prefix;
  return collection.kind() == collections::CollectionKind::ptbxl   ? "ptb-xl/"
         : collection.kind() == collections::CollectionKind::mimic ? "mimic_iv/"
                                                                   : "";
}

std::vector<ptbxl::StatedCode> scp_codes(const collections::CollectionItem& item) {
  std::vector<ptbxl::StatedCode> result;
  for (const auto& statement : item.statements) {
    if (item.scheme == collections::Scheme::scp) result.push_back(statement);
    const auto* term = item.scheme == collections::Scheme::snomed
                           ? collections::snomed_term(statement.code)
                           : nullptr;
    if (term && !term->scp.empty()) result.push_back({std::string(term->scp), kStated});
  }
  return result;
}

SourceRecording recording_of(const collections::CollectionItem& item,
                             const collections::Collection& collection, const std::string& prefix) {
  SourceRecording recording;
  bool numeric = false;
  recording.id = key_of(item.id, numeric);
  if (!numeric) recording.name = item.id;
  recording.patient = item.patient.empty() ? 0 : key_of(item.patient, numeric);
  recording.fold = item.fold;
  // The name that ecg-image-kit gives the first page of a recording, as in ECGInstruct.
  recording.image =
      prefix + item.waveform.lexically_relative(collection.root()).generic_string() + "-0.png";
  recording.age = item.age;
  recording.statements = scp_codes(item);
  recording.report = item.report;
  return recording;
}

/// Measurements of the trace. A file that cannot be read is a reason, which the report counts; the
/// first one's error is logged.
void measure_trace(const std::filesystem::path& waveform, SourceRecording& recording,
                   std::size_t& unreadable) {
  try {
    const auto record = wfdb::read_record(waveform);
    const auto beats = features::find_beats(record);
    recording.rr = features::measure_rr(beats);
    recording.axis = features::measure_axis(record, beats);
  } catch (const Error& error) {
    if (error.code() != ExitCode::data) throw;
    if (unreadable++ == 0) log_warn(error.what());
    recording.rr = features::Measured<features::RrStatistics>::none("the recording cannot be read");
    recording.axis = features::Measured<features::Axis>::none("the recording cannot be read");
  }
}

}  // namespace

std::unique_ptr<collections::Collection> open_source(const SourceOptions& options) {
  auto collection = open_at(options, options.sampling_rate);
  if (collection->kind() == collections::CollectionKind::images)
    throw_usage(options.root,
                " holds pictures without statements or traces, expected recordings; name a folder "
                "of those");
  return collection;
}

std::vector<SourceRecording> read_recordings(const collections::Collection& collection,
                                             const SourceOptions& options, bool measured,
                                             const Shard& shard) {
  const auto folds = folds_of(options);
  const bool other_rate = collection.kind() == collections::CollectionKind::ptbxl &&
                          options.measured_rate != options.sampling_rate;
  const auto traces = measured && other_rate ? open_at(options, options.measured_rate) : nullptr;
  const auto prefix = image_prefix(collection, options);
  std::vector<SourceRecording> recordings;
  const auto begin = shard.begin(collection.size()), end = shard.end(collection.size());
  Progress progress(measured ? "measuring" : "reading", static_cast<std::int64_t>(end - begin),
                    "records");
  std::size_t unreadable = 0;
  for (std::size_t i = begin; i < end; ++i) {
    throw_if_interrupted("measuring recordings");
    progress.advance();
    const auto item = collection.item(i);
    if (std::find(folds.begin(), folds.end(), item.fold) == folds.end()) continue;
    recordings.push_back(recording_of(item, collection, prefix));
    if (measured)
      measure_trace(traces ? traces->item(i).waveform : item.waveform, recordings.back(),
                    unreadable);
  }
  progress.finish();
  if (unreadable > 0)
    log_warn(cat(unreadable, " of ", recordings.size(),
                 " recordings cannot be read and are not measured"));
  return recordings;
}

void check_found(const std::vector<SourceRecording>& recordings,
                 const collections::Collection& collection, const SourceOptions& options) {
  if (recordings.empty())
    throw_data(options.root, ": expected recordings in folds ", options.folds, ", got none of ",
               collection.size(), "; choose other folds");
}

}  // namespace ecg_lora::instruct
