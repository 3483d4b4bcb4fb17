#include "ecg_lora/page/recordings/recordings.h"

#include <algorithm>

#include "ecg_lora/base/error.h"
#include "ecg_lora/ecg/ptbxl/table_facts.h"

namespace ecg_lora::page {
namespace {

namespace fs = std::filesystem;

Recording recording_of(const ptbxl::Database& database, const ptbxl::RecordInfo& info,
                       int sampling_rate) {
  const auto path = database.waveform(info, sampling_rate);
  return {path, fs::relative(path, database.root).generic_string(), ptbxl::facts_of(info)};
}

std::vector<Recording> from_root(const Selection& selection) {
  const auto database = ptbxl::load_database(selection.root, selection.recording_folders);
  const auto wanted = [&](const ptbxl::RecordInfo& info) {
    if (selection.ecg_id > 0) return info.ecg_id == selection.ecg_id;
    return selection.folds.empty() || std::find(selection.folds.begin(), selection.folds.end(),
                                                info.strat_fold) != selection.folds.end();
  };
  std::vector<Recording> recordings;
  for (const auto& info : database.records)
    if (wanted(info)) recordings.push_back(recording_of(database, info, selection.sampling_rate));
  if (recordings.empty())
    throw_data(selection.root, " has no record ",
               selection.ecg_id > 0 ? cat("with ecg_id ", selection.ecg_id) : "in these folds",
               " among its ", database.records.size(), "; choose one of its table");
  return recordings;
}

std::vector<Recording> from_folder(const fs::path& folder) {
  if (!fs::is_directory(folder))
    throw_data(folder.string(),
               ": expected a folder of WFDB records, got no folder; check the path");
  std::vector<Recording> recordings;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".hea") continue;
    auto record = entry.path();
    record.replace_extension();
    recordings.push_back({record, fs::relative(record, folder).generic_string(), {}});
  }
  if (recordings.empty())
    throw_data(folder.string(), ": expected WFDB records, got no .hea file; check the path");
  std::sort(recordings.begin(), recordings.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return recordings;
}

}  // namespace

std::vector<Recording> select_recordings(const Selection& selection, bool known) {
  const int given = !selection.record.empty() + !selection.root.empty() + !selection.folder.empty();
  if (given != 1)
    throw_usage("expected one of --record, --root and --folder, got ",
                given == 0 ? "none" : "several", "; give one");
  if (selection.root.empty() && (selection.ecg_id > 0 || !selection.folds.empty()))
    throw_usage("--ecg-id and --folds choose from --root, got none; give it");
  std::vector<Recording> recordings;
  if (!selection.record.empty())
    recordings.push_back({selection.record, fs::path(selection.record).filename().string(), {}});
  else
    recordings = selection.root.empty() ? from_folder(selection.folder) : from_root(selection);
  if (selection.limit > 0 && recordings.size() > static_cast<std::size_t>(selection.limit))
    recordings.resize(static_cast<std::size_t>(selection.limit));
  if (selection.root.empty() && known) {
    const ptbxl::TableFacts tables;
    for (auto& recording : recordings) recording.known = tables.of(recording.record);
  }
  return recordings;
}

}  // namespace ecg_lora::page
