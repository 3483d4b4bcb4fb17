// What the labels of another data set mean in ours.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/ecg/collections/collection.h"
#include "ecg_lora/ecg/ptbxl/database.h"

namespace ecg_lora::collections {

/// Our label (an SCP statement of PTB-XL, several as in "NORM|SR", or a class or subclass such as
/// MI) <- codes of the other set (SNOMED CT, SCP, or its own) that mean it. A code may stand under
/// several labels.
using LabelMap = std::map<std::string, std::vector<std::string>>;

/// Every SCP code for itself, and each SNOMED CT code of the Challenge 2021 for the label that it
/// states in PTB-XL's terms (SnomedTerm::scp). NORM has none: the Challenge's "sinus rhythm" does
/// not say that the rest is normal.
LabelMap default_label_map(const std::vector<ptbxl::Statement>& statements);

/// Reads {"AFIB": ["164889003"], …}; data error with the culprit for another form, a label without
/// a code, or a label that is neither one of `statements`, a union of them, a class nor a subclass.
LabelMap read_label_map(const std::filesystem::path& file,
                        const std::vector<ptbxl::Statement>& statements);
/// In the form that read_label_map() reads.
Json to_json(const LabelMap& map);

/// A collection in PTB-XL's terms.
struct MappedRecord {
  std::string name, site;  ///< site: the first folder below the root that holds it; the root's own
                           ///< name without one
  std::string patient;     ///< empty: unknown
  std::filesystem::path waveform;
  std::optional<double> age;
  std::optional<int> sex;
  int fold = 0;
  std::string report;
  std::set<std::string> labels;
};

struct MappedCollection {
  std::vector<MappedRecord> records;
  std::map<std::string, std::size_t>
      unknown_codes;  ///< records with a code that the map has nowhere
  std::map<std::string, std::map<std::string, std::size_t>>
      labels_of_site;                ///< records with a label, by site
  std::size_t without_waveform = 0;  ///< items that are pictures, left out
};

/// Data error if no item has a statement.
MappedCollection map_labels(const Collection& collection, const LabelMap& map);

/// Lines for people: counts by site and label, and the codes that the map has nowhere.
std::string to_text(const MappedCollection& mapped);

/// Writes a folder in PTB-XL's layout over the recordings where they lie: ptbxl_database.csv
/// (absolute paths, and `name`), scp_statements.csv (that of `statements_file`, and a line
/// for each class of the map that is none of its statements) and external.json (what was mapped,
/// and what could not be). Usage error if `folder` exists; data error if `statements_file` cannot
/// be read.
void write_external(const std::filesystem::path& folder, const MappedCollection& mapped,
                    const LabelMap& map, const std::filesystem::path& statements_file,
                    const Json& facts);

}  // namespace ecg_lora::collections
