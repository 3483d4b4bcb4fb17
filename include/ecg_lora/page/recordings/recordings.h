// The recordings that pages are drawn of: one, those of a table, or those of a folder.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ecg_lora/ecg/wfdb/patient_facts.h"

namespace ecg_lora::page {

/// One of record, root and folder says where recordings come from.
struct Selection {
  std::string record;                  ///< a WFDB record, without extension
  std::string root;                    ///< folder in PTB-XL's layout
  std::string folder;                  ///< of WFDB records, at any depth
  int ecg_id = 0;                      ///< one record of root; 0 for all
  std::vector<int> folds;              ///< of root; empty for all
  int sampling_rate = 500, limit = 0;  ///< Hz, of root; the first recordings, 0 for all
  /// Folders besides root where its table may have waveforms.
  std::vector<std::string> recording_folders;

  bool single() const { return !record.empty() || ecg_id > 0; }
};

/// A recording to draw.
struct Recording {
  std::filesystem::path record;  ///< without extension
  std::string name;              ///< of the files to write: relative to root or folder
  wfdb::PatientFacts known;      ///< what tables tell of the patient
};

/// In the order of the table or of their names. Those outside of a root get what tables above them
/// tell of the patient if `known`. Usage error unless one source is named; data error if it has
/// none of the recordings.
std::vector<Recording> select_recordings(const Selection& selection, bool known);

}  // namespace ecg_lora::page
